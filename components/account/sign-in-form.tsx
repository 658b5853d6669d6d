"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { type SignInInput, signInInput } from "#lib/contracts/account.ts";
import { useSignIn } from "./requests.ts";

export function SignInForm({ next }: { next: string }) {
  const t = useTranslations("auth");
  const message = useErrorMessage();
  const signIn = useSignIn();
  const form = useForm<SignInInput>({ resolver: zodResolver(signInInput), mode: "onBlur", defaultValues: { email: "", password: "" } });
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) =>
    signIn.mutate(values, {
      onSuccess: () => window.location.assign(next),
      onError: (error) => form.setError("password", { type: "refused", message: message(error) }, { shouldFocus: true }),
    }),
  );
  return (
    // POST: sent before the page's script is ready, a password must not end up in the address.
    <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-2">
      <h1 className="mb-2 font-semibold text-title">{t("signIn")}</h1>
      <Field label={t("email")} error={errors.email && t("emailInvalid")}>
        {(control) => <Input type="email" autoComplete="email" autoFocus {...control} {...form.register("email")} />}
      </Field>
      <Field
        label={t("password")}
        error={errors.password && (errors.password.type === "refused" ? errors.password.message : t("passwordMissing"))}
      >
        {(control) => <Input type="password" autoComplete="current-password" {...control} {...form.register("password")} />}
      </Field>
      <Button type="submit" variant="primary" busy={signIn.isPending || signIn.isSuccess} className="mt-2">
        {t("signIn")}
      </Button>
      <p className="mt-2 text-muted">
        {t("noAccount")}{" "}
        <Link className="font-medium text-accent hover:underline" href={`/sign-up?next=${encodeURIComponent(next)}`}>
          {t("signUp")}
        </Link>
      </p>
    </form>
  );
}
