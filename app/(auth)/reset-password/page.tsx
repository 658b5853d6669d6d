import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { anonymousContext } from "#app/_server/context.ts";
import { ResetPassword } from "#components/account/reset-password-form.tsx";
import { resetLinkHolds } from "#lib/services/account/reset-password.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth");
  // The address holds a secret: no other site learns it from a link that is followed.
  return { title: t("resetTitle"), referrer: "no-referrer" };
}

export default async function ResetPasswordPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { token: given } = await searchParams;
  const token = typeof given === "string" ? given : "";
  return <ResetPassword token={token} holds={await resetLinkHolds({ ctx: anonymousContext(), input: { token } })} />;
}
