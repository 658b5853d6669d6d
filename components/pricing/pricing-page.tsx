"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { api } from "#components/ui/api.ts";
import { EmptyState, UpdateFailed } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { UrlSearchField } from "#components/ui/url-search-field.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import { type PriceList, priceList } from "#lib/contracts/pricing.ts";
import { filterPrices } from "./filter.ts";
import { InstancePriceTable } from "./instance-price-table.tsx";
import { TokenPriceTable } from "./token-price-table.tsx";

const freshMs = 60_000;

/** What calls by token and instances cost, as it stands now; one short list, so that it is searched in the browser. */
export function PricingPage({ initial }: { initial: PriceList }) {
  const t = useTranslations("pricing");
  const [params, setParams] = useUrlState();
  const prices = useQuery({
    queryKey: ["pricing"],
    queryFn: ({ signal }) => api({ path: "/api/pricing", schema: priceList, signal }),
    initialData: initial,
    staleTime: freshMs,
    refetchInterval: freshMs,
  });
  const { currency } = prices.data;
  const text = params.get("q") ?? "";
  const { tokens, instances } = filterPrices(prices.data, text);
  return (
    <Page title={t("title")} description={t("description", { currency })}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <UrlSearchField value={text} onSearch={(q) => setParams({ q })} label={t("search")} className="w-full sm:w-72" />
        <Link href="/docs/pricing" className="text-accent text-table hover:underline">
          {t("howBilled")}
        </Link>
      </div>
      {prices.isError ? <UpdateFailed error={prices.error} onRetry={prices.refetch} /> : null}
      {tokens.length > 0 ? <TokenPriceTable rows={tokens} currency={currency} /> : null}
      {instances.length > 0 ? <InstancePriceTable rows={instances} currency={currency} /> : null}
      {tokens.length + instances.length === 0 ? (
        <EmptyState title={text.trim() === "" ? t("empty") : t("noMatch", { text: text.trim() })} />
      ) : null}
    </Page>
  );
}
