"use client";

import { Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { CreatedApiKey } from "#lib/contracts/api-keys.ts";
import { type CallTarget, CreatedKey } from "./created-key.tsx";
import { formDialog } from "./dialog-size.ts";
import { KeyForm } from "./key-form.tsx";
import { expiryToSend, hasLimits, limitsOf, noValues } from "./key-values.ts";
import { useCreateApiKey } from "./requests.ts";

/** The button and its dialog: first the form, then the key. The key is gone from memory once the dialog has closed. */
export function CreateKey({ target, currency }: { target: CallTarget; currency: string }) {
  const t = useTranslations("keys");
  const [open, setOpen] = useState(false);
  const [dirty, setDirty] = useState(false);
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const [query, setQuery] = useUrlState();
  const asked = query.has("create");
  // A link that leads to the form; reloading the page must not open it again.
  useEffect(() => {
    if (!asked) return;
    setOpen(true);
    setQuery({ create: null });
  }, [asked, setQuery]);
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
        className={formDialog}
      >
        {created ? (
          <CreatedKey created={created} target={target} onDone={close} />
        ) : (
          <CreateForm currency={currency} onCreated={setCreated} onCancel={close} onDirty={setDirty} />
        )}
      </Dialog>
    </>
  );
}

interface CreateFormProps {
  currency: string;
  onCreated: (key: CreatedApiKey) => void;
  onCancel: () => void;
  onDirty: (dirty: boolean) => void;
}

function CreateForm({ currency, onCreated, onCancel, onDirty }: CreateFormProps) {
  const t = useTranslations("keys");
  const create = useCreateApiKey();
  return (
    <KeyForm
      initial={noValues}
      currency={currency}
      limitsOpen={false}
      submit={t("create")}
      busy={create.isPending}
      error={create.error}
      onCancel={onCancel}
      onDirty={onDirty}
      onSubmit={(values) => {
        const limits = limitsOf(values);
        const expiresAt = expiryToSend(values, new Date()) ?? null;
        create.mutate({ name: values.name, expiresAt, ...(hasLimits(limits) ? { limits } : {}) }, { onSuccess: onCreated });
      }}
    />
  );
}
