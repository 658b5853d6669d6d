"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { type OfferedProvider, type SignInInput, signInInput } from "#lib/contracts/account.ts";
import { PasswordInput } from "./password-input.tsx";
import { ProviderButtons } from "./provider-buttons.tsx";
import { useSignIn } from "./requests.ts";

interface SignInFormProps {
  next: string;
  /** Whether nobody has an account here yet. */
  first: boolean;
  providers: OfferedProvider[];
  /** Code of what went wrong with an account elsewhere; null: nothing. */
  failure: string | null;
}

export function SignInForm({ next, first, providers, failure }: SignInFormProps) {
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
    <div className="flex flex-col gap-2">
      <h1 className="mb-2 font-semibold text-title">{t("signIn")}</h1>
      {first ? <NewInstallation next={next} /> : null}
      {failure ? <Failure code={failure} /> : null}
      {/* POST: sent before the page's script is ready, a password must not end up in the address. */}
      <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-2">
        <Field label={t("email")} error={errors.email && t("emailInvalid")}>
          {(control) => <Input type="email" autoComplete="email" autoFocus {...control} {...form.register("email")} />}
        </Field>
        <Field
          label={t("password")}
          error={errors.password && (errors.password.type === "refused" ? errors.password.message : t("passwordMissing"))}
        >
          {(control) => <PasswordInput autoComplete="current-password" {...control} {...form.register("password")} />}
        </Field>
        <Button type="submit" variant="primary" busy={signIn.isPending || signIn.isSuccess} className="mt-2">
          {t("signIn")}
        </Button>
      </form>
      <ProviderButtons providers={providers} next={next} />
      <p className="mt-2 flex flex-wrap justify-between gap-x-4 gap-y-1 text-muted">
        <span>
          {t("noAccount")}{" "}
          <Link className="font-medium text-accent hover:underline" href={`/sign-up?next=${encodeURIComponent(next)}`}>
            {t("signUp")}
          </Link>
        </span>
        <Link className="font-medium text-accent hover:underline" href="/forgot-password">
          {t("forgotPassword")}
        </Link>
      </p>
    </div>
  );
}

/** Nobody could sign in: where to begin. */
function NewInstallation({ next }: { next: string }) {
  const t = useTranslations("auth");
  const link = (chunks: ReactNode) => (
    <Link className="font-medium text-accent hover:underline" href={`/sign-up?next=${encodeURIComponent(next)}`}>
      {chunks}
    </Link>
  );
  return <p className="mb-2 rounded-box border bg-surface px-3 py-2.5 text-table">{t.rich("newInstallation", { link })}</p>;
}

/** Why signing in with an account elsewhere did not work. */
function Failure({ code }: { code: string }) {
  const t = useTranslations("auth");
  const key = `failure.${code}`;
  return (
    <p role="alert" className="mb-2 rounded-box border border-bad/40 px-3 py-2.5 text-table">
      {t.has(key) ? t(key) : t("failure.other")}
    </p>
  );
}
