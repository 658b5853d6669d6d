"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ModelDetail } from "#lib/contracts/models.ts";
import { useRefusal } from "./refusal.ts";
import { useRemoveModel } from "./requests.ts";

/** Deletes a model that the workspace has brought, after a question. */
export function RemoveModel({ model }: { model: ModelDetail }) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const refusal = useRefusal();
  const router = useRouter();
  const remove = useRemoveModel();
  const [open, setOpen] = useState(false);
  const removed = () => {
    toast(t("remove.done", { name: model.name }));
    router.push("/models");
  };
  const { error } = remove;
  return (
    <>
      <Button variant="ghost" onClick={() => setOpen(true)}>
        <Trash2 strokeWidth={1.75} aria-hidden />
        {t("remove.button")}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={t("remove.title", { name: model.name })} description={t("remove.description")}>
        {error ? (
          <p role="alert" className="text-bad">
            {refusal(error)}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={() => setOpen(false)}>{common("cancel")}</Button>
          <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(model.slug, { onSuccess: removed })}>
            {t("remove.button")}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
