import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { signInChoices } from "#app/_server/sign-in-choices.ts";
import { ForgotPassword } from "#components/account/forgot-password-form.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth");
  return { title: t("forgotTitle") };
}

export default function ForgotPasswordPage() {
  return <ForgotPassword sendsMail={signInChoices().sendsMail} />;
}
