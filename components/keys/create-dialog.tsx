"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { CreatedApiKey } from "#lib/contracts/api-keys.ts";
import { CreateForm } from "./create-form.tsx";
import { type CallTarget, CreatedKey } from "./created-key.tsx";

/** The button and its dialog: first the form, then the key. The key is gone from memory once the dialog has closed. */
export function CreateKey({ target }: { target: CallTarget }) {
  const t = useTranslations("keys");
  const [open, setOpen] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const close = () => {
    setOpen(false);
    setCreated(null);
    setDirty(false);
  };
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        {t("create")}
      </Button>
      <Dialog
        open={open}
        onOpenChange={(next) => (next ? setOpen(true) : close())}
        title={created ? t("createdTitle") : t("createTitle")}
        description={created ? null : t("createDescription")}
        keepOpen={dirty || created !== null}
        hideClose={created !== null}
        {...(created ? { className: "sm:w-[36rem]" } : {})}
      >
        {created ? (
          <CreatedKey created={created} target={target} onDone={close} />
        ) : (
          <CreateForm onCreated={setCreated} onCancel={close} onDirty={setDirty} />
        )}
      </Dialog>
    </>
  );
}
