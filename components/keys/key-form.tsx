"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import { FormProvider, useForm } from "react-hook-form";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { DialogActions } from "#components/ui/dialog.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { ExpiryFields } from "./expiry-fields.tsx";
import { type KeyValues, keyValues } from "./key-values.ts";
import { LimitFields } from "./limit-fields.tsx";

interface KeyFormProps {
  initial: KeyValues;
  currency: string;
  /** The expiry that the key has, where it has one. */
  expiresAt?: string | null;
  /** Whether the limits can be seen from the start. */
  limitsOpen: boolean;
  submit: ReactNode;
  busy: boolean;
  error: unknown;
  onSubmit: (values: KeyValues) => void;
  onCancel: () => void;
  /** Tells whether something was typed that closing would lose. */
  onDirty: (dirty: boolean) => void;
}

/** Name, expiry and limits of a key, new or old. */
export function KeyForm(props: KeyFormProps) {
  const { initial, currency, expiresAt = null, limitsOpen, submit, busy, error, onSubmit, onCancel, onDirty } = props;
  const t = useTranslations("keys");
  const common = useTranslations("common");
  const form = useForm<KeyValues>({
    resolver: zodResolver(keyValues),
    mode: "onTouched",
    defaultValues: initial,
    // Done here, because what is folded away takes no focus.
    shouldFocusError: false,
  });
  const { errors, isDirty, isSubmitted } = form.formState;
  const [open, setOpen] = useState(limitsOpen);
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const show = (field: keyof KeyValues) => {
    if (!["name", "expiry", "date"].includes(field)) setOpen(true);
    // Once it is unfolded.
    requestAnimationFrame(() => form.setFocus(field));
  };
  useRefusal(error, (field, refused) => {
    form.setError(field, { type: "refused", message: refused });
    show(field);
  });
  const name = form.watch("name").trim();
  // Who only passed through the empty field has done nothing wrong yet.
  const nameWrong = errors.name !== undefined && (isDirty || isSubmitted);
  return (
    <FormProvider {...form}>
      <form
        onSubmit={form.handleSubmit(onSubmit, (wrong) => {
          const first = fieldOrder.find((field) => wrong[field]);
          if (first) show(first);
        })}
        noValidate
        className="flex flex-col gap-2"
      >
        <Field
          label={t("name")}
          help={t("nameHelp")}
          error={nameWrong ? (name === "" ? t("nameMissing") : t("nameTooLong", { count: name.length })) : undefined}
        >
          {(control) => <Input autoFocus autoComplete="off" {...control} {...form.register("name")} />}
        </Field>
        <ExpiryFields expiresAt={expiresAt} />
        <LimitFields currency={currency} open={open} onOpen={setOpen} />
        <Refusal error={error} />
        <DialogActions>
          <Button onClick={onCancel}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {submit}
          </Button>
        </DialogActions>
      </form>
    </FormProvider>
  );
}

const fieldOrder = [
  ...(["name", "expiry", "date", "allowedModels", "addresses"] as const),
  ...(["requestsPerMinute", "tokensPerMinute", "concurrency", "budgetDay", "budgetMonth"] as const),
];

/** The field that a refusal is about; null: none of them. */
function refusedField(error: unknown): "date" | "addresses" | null {
  if (!(error instanceof ApiError)) return null;
  if (error.param === "expiresAt") return "date";
  return error.param?.startsWith("limits.allowedAddresses") ? "addresses" : null;
}

function useRefusal(error: unknown, onField: (field: "date" | "addresses", message: string) => void): void {
  const t = useTranslations("keys");
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal
  useEffect(() => {
    const field = refusedField(error);
    if (field === "date") onField(field, t("datePast"));
    if (field === "addresses" && error instanceof ApiError)
      onField(field, t("addressWrong", { address: String(error.data.address ?? "") }));
  }, [error]);
}

/** What was refused for a reason that no field has. */
function Refusal({ error }: { error: unknown }) {
  const message = useErrorMessage();
  if (!error || refusedField(error)) return null;
  return (
    <p role="alert" className="text-bad">
      {message(error)}
    </p>
  );
}
