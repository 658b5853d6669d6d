"use client";

import { useTranslations } from "next-intl";
import { toast } from "#components/ui/toast.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { ConfirmKeyDialog } from "./confirm-dialog.tsx";
import { useDeleteApiKey } from "./requests.ts";

/** Asks before a key is deleted. */
export function DeleteKeyDialog({ apiKey, onClose, onDeleted }: { apiKey: ApiKeyView; onClose: () => void; onDeleted?: () => void }) {
  const t = useTranslations("keys");
  const remove = useDeleteApiKey();
  return (
    <ConfirmKeyDialog
      apiKey={apiKey}
      title={t("deleteTitle", { name: apiKey.name })}
      description={t("deleteDescription")}
      confirm={t("delete")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(apiKey.id, {
          onSuccess: () => {
            toast(t("deleted", { name: apiKey.name }));
            onClose();
            onDeleted?.();
          },
        })
      }
    />
  );
}
