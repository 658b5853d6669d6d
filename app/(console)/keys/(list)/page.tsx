import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { callTarget } from "#app/_server/call-target.ts";
import { pageContext } from "#app/_server/session.ts";
import { readKeyParams } from "#components/keys/key-params.ts";
import { KeysPage } from "#components/keys/keys-page.tsx";
import { apiKeyListQuery } from "#lib/contracts/api-keys.ts";
import { listApiKeys } from "#lib/services/api-keys/list.ts";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("keys");
  return { title: t("title") };
}

export default async function Keys({ searchParams }: { searchParams: Promise<Record<string, string | string[] | undefined>> }) {
  const ctx = await pageContext();
  const query = new URLSearchParams(
    Object.entries(await searchParams).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
  const params = readKeyParams(query);
  const [list, target] = await Promise.all([listApiKeys({ ctx, input: apiKeyListQuery.parse(params) }), callTarget(ctx)]);
  return <KeysPage initial={{ params, list }} target={target} currency={ctx.config.currency} />;
}
