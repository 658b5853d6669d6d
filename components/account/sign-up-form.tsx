"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useForm } from "react-hook-form";
import type * as z from "zod/mini";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { type OfferedProvider, type SignUpInput, signUpInput, type signUpMode } from "#lib/contracts/account.ts";
import { FormError } from "./form-error.tsx";
import { PasswordInput } from "./password-input.tsx";
import { ProviderButtons } from "./provider-buttons.tsx";
import { useSignUp } from "./requests.ts";

interface SignUpFormProps {
  next: string;
  mode: z.infer<typeof signUpMode>;
  /** Whether nobody has an account here yet. */
  first: boolean;
  /** Token from an invitation's link. */
  token: string;
  providers: OfferedProvider[];
}

const isAboutToken = (error: unknown) => error instanceof ApiError && error.param === "token";

export function SignUpForm({ next, mode, first, token, providers }: SignUpFormProps) {
  const t = useTranslations("auth");
  const message = useErrorMessage();
  const signUp = useSignUp();
  const form = useForm<SignUpInput>({
    resolver: zodResolver(signUpInput),
    mode: "onBlur",
    defaultValues: { email: "", password: "", token },
  });
  const { errors } = form.formState;
  const submit = form.handleSubmit((values) =>
    signUp.mutate(values, {
      onSuccess: () => window.location.assign(next),
      onError: (error) => {
        if (isAboutToken(error)) form.setError("token", { type: "refused", message: message(error) }, { shouldFocus: true });
      },
    }),
  );
  return (
    <div className="flex flex-col gap-2">
      <div className="mb-2 flex flex-col gap-1">
        <h1 className="font-semibold text-title">{t("signUp")}</h1>
        {first ? <p className="text-muted">{t("firstAccount")}</p> : null}
      </div>
      {/* POST: sent before the page's script is ready, a password must not end up in the address. */}
      <form method="post" onSubmit={submit} noValidate className="flex flex-col gap-2">
        <Field label={t("email")} error={errors.email && t("emailInvalid")}>
          {(control) => <Input type="email" autoComplete="email" autoFocus {...control} {...form.register("email")} />}
        </Field>
        <Field label={t("password")} help={t("passwordHelp")} error={errors.password && t("passwordHelp")}>
          {(control) => <PasswordInput autoComplete="new-password" {...control} {...form.register("password")} />}
        </Field>
        {mode === "open" ? null : (
          <Field
            label={t(mode === "invite" ? "invitation" : "setupToken")}
            help={t(mode === "invite" ? "invitationHelp" : "setupTokenHelp")}
            error={errors.token?.message}
          >
            {(control) => (
              <Input autoComplete="off" spellCheck={false} className="font-mono text-code" {...control} {...form.register("token")} />
            )}
          </Field>
        )}
        <FormError error={isAboutToken(signUp.error) ? null : signUp.error} />
        <Button type="submit" variant="primary" busy={signUp.isPending || signUp.isSuccess} className="mt-2">
          {t("signUp")}
        </Button>
      </form>
      {mode === "first_with_token" ? null : <ProviderButtons providers={providers} next={next} />}
      <p className="mt-2 text-muted">
        {t("haveAccount")}{" "}
        <Link className="font-medium text-accent hover:underline" href={`/sign-in?next=${encodeURIComponent(next)}`}>
          {t("signIn")}
        </Link>
      </p>
    </div>
  );
}
