import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { anonymousContext } from "#app/_server/context.ts";
import { nextPath } from "#app/_server/next-path.ts";
import { currentSession } from "#app/_server/session.ts";
import { signInChoices } from "#app/_server/sign-in-choices.ts";
import { SignUpForm } from "#components/account/sign-up-form.tsx";
import { hasUsers, signUpMode } from "#lib/services/account/sign-up-mode.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth");
  return { title: t("signUp") };
}

export default async function SignUpPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const query = await searchParams;
  const next = nextPath(query.next);
  if (await currentSession()) redirect(next);
  const token = typeof query.token === "string" ? query.token : "";
  const ctx = anonymousContext();
  const [mode, usersExist] = await Promise.all([signUpMode({ ctx }), hasUsers(ctx.db)]);
  return <SignUpForm next={next} mode={mode} first={!usersExist} token={token} providers={signInChoices().providers} />;
}
