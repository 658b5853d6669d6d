import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { anonymousContext } from "#app/_server/context.ts";
import { nextPath } from "#app/_server/next-path.ts";
import { currentSession } from "#app/_server/session.ts";
import { signInChoices } from "#app/_server/sign-in-choices.ts";
import { SignInForm } from "#components/account/sign-in-form.tsx";
import { hasUsers } from "#lib/services/account/sign-up-mode.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("auth");
  return { title: t("signIn") };
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const query = await searchParams;
  const next = nextPath(query.next);
  const failure = typeof query.error === "string" ? query.error : null;
  // Whoever is signed in and comes back from a provider with an error wanted to connect an account there.
  if (await currentSession()) redirect(failure ? `/settings?tab=sign-in&error=${encodeURIComponent(failure)}` : next);
  const first = !(await hasUsers(anonymousContext().db));
  return <SignInForm next={next} first={first} providers={signInChoices().providers} failure={failure} />;
}
