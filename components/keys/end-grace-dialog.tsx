"use client";

import { useTranslations } from "next-intl";
import { toast } from "#components/ui/toast.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { ConfirmKeyDialog } from "./confirm-dialog.tsx";
import { useKeyVerb } from "./requests.ts";

/** Asks before a replaced key is ended early. */
export function EndGraceDialog({ apiKey, onClose }: { apiKey: ApiKeyView; onClose: () => void }) {
  const t = useTranslations("keys");
  const end = useKeyVerb();
  return (
    <ConfirmKeyDialog
      apiKey={apiKey}
      title={t("endGraceTitle", { name: apiKey.name })}
      description={t("endGraceDescription")}
      confirm={t("endGrace")}
      busy={end.isPending}
      error={end.error}
      onClose={onClose}
      onConfirm={() =>
        end.mutate(
          { id: apiKey.id, verb: "end-grace" },
          {
            onSuccess: () => {
              toast(t("graceEnded", { masked: apiKey.masked }));
              onClose();
            },
          },
        )
      }
    />
  );
}
