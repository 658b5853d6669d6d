import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { PricingPage } from "#components/pricing/pricing-page.tsx";
import { listPrices } from "#lib/services/pricing/list.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("pricing");
  return { title: t("title") };
}

export default async function Pricing() {
  const ctx = await pageContext();
  return <PricingPage initial={await listPrices({ ctx })} />;
}
