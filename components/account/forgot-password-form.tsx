"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field, Input } from "#components/ui/field.tsx";
import { type Locale, type PasswordResetRequestInput, passwordResetRequestInput } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { useRequestPasswordReset } from "./requests.ts";

/** Asks for a link by mail. `sendsMail` false: this installation sends none, and an operator makes the link. */
export function ForgotPassword({ sendsMail }: { sendsMail: boolean }) {
  const t = useTranslations("auth");
  return (
    <div className="flex flex-col gap-2">
      <h1 className="mb-2 font-semibold text-title">{t("forgotTitle")}</h1>
      {sendsMail ? (
        <RequestForm />
      ) : (
        <p className="text-muted">{t.rich("askOperator", { command: (text) => <Command>{text}</Command> })}</p>
      )}
      <p className="mt-2">
        <Link className="font-medium text-accent hover:underline" href="/sign-in">
          {t("backToSignIn")}
        </Link>
      </p>
    </div>
  );
}

function Command({ children }: { children: React.ReactNode }) {
  return <code className="rounded-[5px] bg-sunken px-1 font-mono text-code text-ink">{children}</code>;
}

function RequestForm() {
  const t = useTranslations("auth");
  const locale = useLocale() as Locale;
  const request = useRequestPasswordReset();
  const form = useForm<PasswordResetRequestInput>({
    resolver: zodResolver(passwordResetRequestInput),
    mode: "onBlur",
    defaultValues: { email: "", locale },
  });
  const { errors } = form.formState;
  if (request.isSuccess) {
    return (
      <div role="status" className="flex flex-col gap-2">
        <p>{t("resetSent", { email: request.variables.email })}</p>
        <p className="text-muted">{t("resetSentHelp")}</p>
        <Button className="mt-2 self-start" onClick={() => request.reset()}>
          {t("otherEmail")}
        </Button>
      </div>
    );
  }
  return (
    <form method="post" onSubmit={form.handleSubmit((values) => request.mutate(values))} noValidate className="flex flex-col gap-2">
      <p className="mb-2 text-muted">{t("forgotText")}</p>
      <Field label={t("email")} error={errors.email && t("emailInvalid")}>
        {(control) => <Input type="email" autoComplete="email" autoFocus {...control} {...form.register("email")} />}
      </Field>
      <FormError error={request.error} />
      <Button type="submit" variant="primary" busy={request.isPending} className="mt-2">
        {t("sendLink")}
      </Button>
    </form>
  );
}
