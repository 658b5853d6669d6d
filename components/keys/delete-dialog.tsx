"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { useDeleteApiKey } from "./requests.ts";

/** Asks before a key is deleted; `apiKey` null: closed. */
export function DeleteKeyDialog({ apiKey, onClose }: { apiKey: ApiKeyView | null; onClose: () => void }) {
  const t = useTranslations("keys");
  return (
    <Dialog
      open={apiKey !== null}
      onOpenChange={(open) => !open && onClose()}
      title={t("deleteTitle", { name: apiKey?.name ?? "" })}
      description={t("deleteDescription")}
    >
      {apiKey ? <DeleteKey apiKey={apiKey} onClose={onClose} /> : null}
    </Dialog>
  );
}

function DeleteKey({ apiKey, onClose }: { apiKey: ApiKeyView; onClose: () => void }) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const remove = useDeleteApiKey();
  return (
    <>
      <p className="font-mono text-code text-muted">{apiKey.masked}</p>
      {remove.isError ? (
        <p role="alert" className="mt-3 text-bad">
          {message(remove.error)}
        </p>
      ) : null}
      <DialogActions>
        <Button onClick={onClose}>{common("cancel")}</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate(apiKey.id, { onSuccess: onClose })}>
          {t("delete")}
        </Button>
      </DialogActions>
    </>
  );
}
