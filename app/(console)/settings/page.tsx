import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { signInChoices } from "#app/_server/sign-in-choices.ts";
import { SettingsPage } from "#components/account/settings-page.tsx";
import { me } from "#lib/services/account/me.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("settings");
  return { title: t("title") };
}

export default async function Settings() {
  const ctx = await pageContext();
  return <SettingsPage me={await me({ ctx })} providers={signInChoices().providers} />;
}
