"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { Button } from "#components/ui/button.tsx";
import { DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input, NativeSelect } from "#components/ui/field.tsx";
import { type CreatedApiKey, createApiKeyInput } from "#lib/contracts/api-keys.ts";
import { dateValue, expiryChoices, expiryMoment } from "./expiry.ts";
import { useCreateApiKey } from "./requests.ts";

const form = z
  .object({ name: createApiKeyInput.shape.name, expiry: z.enum(expiryChoices), date: z.string() })
  .refine(({ expiry, date }) => expiry !== "date" || date >= dateValue(new Date()), { path: ["date"] });
type FormValues = z.infer<typeof form>;

interface CreateFormProps {
  onCreated: (key: CreatedApiKey) => void;
  onCancel: () => void;
  /** Tells whether something was typed that closing would lose. */
  onDirty: (dirty: boolean) => void;
}

/** Name and expiry of a new key. */
export function CreateForm({ onCreated, onCancel, onDirty }: CreateFormProps) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const message = useErrorMessage();
  const create = useCreateApiKey();
  const { register, handleSubmit, watch, formState } = useForm<FormValues>({
    resolver: zodResolver(form),
    mode: "onTouched",
    defaultValues: { name: "", expiry: "never", date: "" },
  });
  const { errors, isDirty } = formState;
  const expiry = watch("expiry");
  const name = watch("name").trim();
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const submit = handleSubmit((values) =>
    create.mutate(
      { name: values.name, expiresAt: expiryMoment(values.expiry, values.date, new Date()) },
      { onSuccess: (key) => onCreated(key) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-2">
      <Field
        label={t("name")}
        help={t("nameHelp")}
        error={errors.name && (name === "" ? t("nameMissing") : t("nameTooLong", { count: name.length }))}
      >
        {(control) => <Input autoFocus autoComplete="off" {...control} {...register("name")} />}
      </Field>
      <Field label={t("expiry")} help={t("expiryHelp")}>
        {(control) => (
          <NativeSelect {...control} {...register("expiry")}>
            {expiryChoices.map((choice) => (
              <option key={choice} value={choice}>
                {choice === "never" || choice === "date" ? t(`expiryChoice.${choice}`) : t("expiryChoice.days", { count: Number(choice) })}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {expiry === "date" ? (
        <Field label={t("date")} help={t("dateHelp")} error={errors.date && t("datePast")}>
          {(control) => <Input type="date" min={dateValue(new Date())} {...control} {...register("date")} />}
        </Field>
      ) : null}
      {create.isError ? (
        <p role="alert" className="text-bad">
          {message(create.error)}
        </p>
      ) : null}
      <DialogActions>
        <Button onClick={onCancel}>{common("cancel")}</Button>
        <Button type="submit" variant="primary" busy={create.isPending}>
          {t("create")}
        </Button>
      </DialogActions>
    </form>
  );
}
