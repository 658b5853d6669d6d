"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.ts";
import type { ApiKeyView } from "#lib/contracts/api-keys.ts";
import { formDialog } from "./dialog-size.ts";
import { KeyForm } from "./key-form.tsx";
import { expiryToSend, limitsOf, valuesOf } from "./key-values.ts";
import { useUpdateApiKey } from "./requests.ts";

/** Changes a key's name, expiry and limits. */
export function EditKeyDialog({ apiKey, currency, onClose }: { apiKey: ApiKeyView; currency: string; onClose: () => void }) {
  const t = useTranslations("keys");
  const [dirty, setDirty] = useState(false);
  // As it was when the dialog opened: what is typed must not be lost when the list is read again.
  const [seen] = useState(apiKey);
  const update = useUpdateApiKey(seen.id);
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("editTitle", { name: seen.name })}
      description={t("editDescription")}
      keepOpen={dirty}
      className={formDialog}
    >
      <KeyForm
        initial={valuesOf(seen)}
        currency={currency}
        expiresAt={seen.expiresAt}
        limitsOpen
        submit={t("save")}
        busy={update.isPending}
        error={update.error}
        onCancel={onClose}
        onDirty={setDirty}
        onSubmit={(values) => {
          const expiresAt = expiryToSend(values, new Date());
          update.mutate(
            { name: values.name, ...(expiresAt === undefined ? {} : { expiresAt }), limits: limitsOf(values) },
            {
              onSuccess: () => {
                toast(t("saved", { name: values.name }));
                onClose();
              },
            },
          );
        }}
      />
    </Dialog>
  );
}
