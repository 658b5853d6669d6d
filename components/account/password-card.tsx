"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.ts";
import { type ChangePasswordInput, changePasswordInput } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { PasswordInput } from "./password-input.tsx";
import { useChangePassword } from "./requests.ts";

export function PasswordCard({ hasPassword }: { hasPassword: boolean }) {
  const t = useTranslations("settings");
  return (
    <Card>
      <CardTitle>{t("password")}</CardTitle>
      {hasPassword ? (
        <ChangeForm />
      ) : (
        <p className="text-muted">
          {t("noPassword")}{" "}
          <Link href="/forgot-password" className="font-medium text-accent hover:underline">
            {t("setPassword")}
          </Link>
        </p>
      )}
    </Card>
  );
}

const isWrong = (error: unknown) => error instanceof ApiError && error.param === "currentPassword";

function ChangeForm() {
  const t = useTranslations("settings");
  const auth = useTranslations("auth");
  const change = useChangePassword();
  const form = useForm<ChangePasswordInput>({
    resolver: zodResolver(changePasswordInput),
    mode: "onTouched",
    defaultValues: { currentPassword: "", newPassword: "" },
  });
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.reset();
        toast(t("passwordChanged"));
      },
      onError: (error) => {
        if (isWrong(error)) form.setError("currentPassword", { type: "refused" }, { shouldFocus: true });
      },
    }),
  );
  return (
    <form method="post" onSubmit={submit} noValidate className="flex max-w-sm flex-col items-start gap-2">
      <p className="mb-2 text-muted">{t("passwordText")}</p>
      <Field
        label={t("currentPassword")}
        error={errors.currentPassword && (errors.currentPassword.type === "refused" ? t("currentWrong") : auth("passwordMissing"))}
        className="w-full"
      >
        {(control) => <PasswordInput autoComplete="current-password" {...control} {...form.register("currentPassword")} />}
      </Field>
      <Field label={auth("newPassword")} help={auth("passwordHelp")} error={errors.newPassword && auth("passwordHelp")} className="w-full">
        {(control) => <PasswordInput autoComplete="new-password" {...control} {...form.register("newPassword")} />}
      </Field>
      <FormError error={isWrong(change.error) ? null : change.error} />
      <Button type="submit" variant="primary" busy={change.isPending}>
        {t("changePassword")}
      </Button>
    </form>
  );
}
