"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { type ResetPasswordInput, resetPasswordInput } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { PasswordInput } from "./password-input.tsx";
import { useResetPassword } from "./requests.ts";

/** Sets a new password with a link's token. `holds` false: the link was used or has expired. */
export function ResetPassword({ token, holds }: { token: string; holds: boolean }) {
  const t = useTranslations("auth");
  const reset = useResetPassword();
  const form = useForm<ResetPasswordInput>({
    resolver: zodResolver(resetPasswordInput),
    mode: "onBlur",
    defaultValues: { token, password: "" },
  });
  const { errors } = form.formState;
  const ended = !holds || (reset.error instanceof ApiError && reset.error.code === "reset_link_invalid");
  return (
    <div className="flex flex-col gap-2">
      <h1 className="mb-2 font-semibold text-title">{t(ended ? "linkEndedTitle" : "resetTitle")}</h1>
      {ended ? (
        <>
          <p className="text-muted">{t("linkEndedText")}</p>
          <Button asChild variant="primary" className="mt-2 self-start">
            <Link href="/forgot-password">{t("newLink")}</Link>
          </Button>
        </>
      ) : (
        <form
          method="post"
          onSubmit={form.handleSubmit((values) =>
            // A whole new page, with the link's token no longer in the address.
            reset.mutate(values, { onSuccess: () => window.location.replace("/models") }),
          )}
          noValidate
          className="flex flex-col gap-2"
        >
          <p className="mb-2 text-muted">{t("resetText")}</p>
          <Field label={t("newPassword")} help={t("passwordHelp")} error={errors.password && t("passwordHelp")}>
            {(control) => <PasswordInput autoComplete="new-password" autoFocus {...control} {...form.register("password")} />}
          </Field>
          <FormError error={reset.error} />
          <Button type="submit" variant="primary" busy={reset.isPending || reset.isSuccess} className="mt-2">
            {t("setPassword")}
          </Button>
        </form>
      )}
    </div>
  );
}
