import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { KeyGone } from "#components/keys/key-gone.tsx";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("keys");
  return { title: t("missingTitle") };
}

export default function KeyNotFound() {
  return <KeyGone name={null} />;
}
