import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { pageContext } from "#app/_server/session.ts";
import { readListQuery } from "#components/services/list-query.ts";
import { ServicesPage } from "#components/services/services-page.tsx";
import { listServices } from "#lib/services/model-services/list.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("services");
  return { title: t("title") };
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Services({ searchParams }: Props) {
  const ctx = await pageContext();
  const given = Object.entries(await searchParams).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  const query = readListQuery(new URLSearchParams(given));
  return <ServicesPage first={await listServices({ ctx, input: query })} firstQuery={query} currency={ctx.config.currency} />;
}
