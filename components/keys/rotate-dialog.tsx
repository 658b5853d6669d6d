"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, NativeSelect } from "#components/ui/field.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyView, CreatedApiKey } from "#lib/contracts/api-keys.ts";
import { type CallTarget, CreatedKey } from "./created-key.tsx";
import { formDialog } from "./dialog-size.ts";
import { dateValue, expiryChoices, expiryMoment, sameLifetime } from "./expiry.ts";
import { ExpiryFields } from "./expiry-fields.tsx";
import { useRotateApiKey } from "./requests.ts";

/** Minutes. */
const graces = ["0", "60", "1440", "10080", "43200"] as const;
const rotateValues = z
  .object({ grace: z.enum(graces), expiry: z.enum(expiryChoices), date: z.string() })
  .check(z.refine(({ expiry, date }) => expiry !== "date" || date >= dateValue(new Date()), { path: ["date"] }));
type RotateValues = z.infer<typeof rotateValues>;

/** Replaces a key by a new one: first how long the old one still works, then the new key, this one time. */
export function RotateKeyDialog({ apiKey, target, onClose }: { apiKey: ApiKeyView; target: CallTarget; onClose: () => void }) {
  const t = useTranslations("keys");
  const [seen] = useState(apiKey);
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={created ? t("createdTitle") : t("rotateTitle", { name: seen.name })}
      description={created ? null : t("rotateDescription")}
      keepOpen={created !== null}
      hideClose={created !== null}
      className={formDialog}
    >
      {created ? (
        <CreatedKey created={created} target={target} onDone={onClose} />
      ) : (
        <RotateForm apiKey={seen} onCreated={setCreated} onCancel={onClose} />
      )}
    </Dialog>
  );
}

function RotateForm({
  apiKey,
  onCreated,
  onCancel,
}: {
  apiKey: ApiKeyView;
  onCreated: (key: CreatedApiKey) => void;
  onCancel: () => void;
}) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const rotate = useRotateApiKey(apiKey.id);
  const form = useForm<RotateValues>({
    resolver: zodResolver(rotateValues),
    mode: "onTouched",
    defaultValues: { grace: "1440", expiry: sameLifetime(apiKey.createdAt, apiKey.expiresAt), date: "" },
  });
  const grace = form.watch("grace");
  const submit = form.handleSubmit((values) =>
    rotate.mutate(
      { graceMinutes: Number(values.grace), expiresAt: expiryMoment(values.expiry, values.date, new Date()) },
      { onSuccess: (key) => onCreated(key) },
    ),
  );
  return (
    <FormProvider {...form}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-2">
        <p className="mb-2 flex flex-wrap gap-x-2 text-table">
          <span className="font-mono text-code">{apiKey.masked}</span>
          <span className="text-muted">
            {apiKey.lastUsedAt ? t.rich("lastUsedAt", { time: () => <Time at={apiKey.lastUsedAt ?? ""} past /> }) : t("neverUsed")}
          </span>
        </p>
        <Field label={t("grace")} help={grace === "0" ? t("graceNone") : t("graceHelp")}>
          {(control) => (
            <NativeSelect autoFocus {...control} {...form.register("grace")}>
              {graces.map((minutes) => (
                <option key={minutes} value={minutes}>
                  {t(`graceChoice.${minutes}`)}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <ExpiryFields expiresAt={null} label={t("newExpiry")} />
        {rotate.isError ? (
          <p role="alert" className="text-bad">
            {message(rotate.error)}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={onCancel}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" busy={rotate.isPending}>
            {t("rotate")}
          </Button>
        </DialogActions>
      </form>
    </FormProvider>
  );
}
