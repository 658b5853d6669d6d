"use client";

import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Cell, Row } from "#components/ui/table.tsx";
import type { TokenPriceRow } from "#lib/contracts/pricing.ts";
import { formatMoney, formatTokenPrice, type MoneyStyle } from "#lib/money/format.ts";
import { Amount, PriceTable } from "./price-table.tsx";
import { Since } from "./since.tsx";

const perMillion = 1_000_000n;
const perThousand = 1_000n;

/** Prices by token: per 1M, over the same per 1K; what is sold by the image has that price instead. */
export function TokenPriceTable({ rows, currency }: { rows: TokenPriceRow[]; currency: string }) {
  const t = useTranslations("pricing");
  const withImages = rows.some((row) => row.imageNano !== null);
  const columns = [
    { id: "model", label: t("model") },
    { id: "input", label: t("input"), right: true },
    { id: "cached", label: t("cachedInput"), right: true },
    { id: "output", label: t("output"), right: true },
    ...(withImages ? [{ id: "image", label: t("image"), right: true }] : []),
    { id: "since", label: t("since") },
  ];
  return (
    <PriceTable id="token-prices" title={t("tokens")} note={t("tokensNote")} columns={columns}>
      {rows.map((row) => (
        <Price key={row.slug} row={row} currency={currency} withImages={withImages} />
      ))}
    </PriceTable>
  );
}

function Price({ row, currency, withImages }: { row: TokenPriceRow; currency: string; withImages: boolean }) {
  const t = useTranslations("pricing");
  const style: MoneyStyle = { currency, locale: useLocale() };
  const byToken = row.kind !== "image_generation";
  const cells = [
    { label: t("input"), nano: byToken ? row.inputNano : null },
    { label: t("cachedInput"), nano: byToken ? row.cachedInputNano : null },
    { label: t("output"), nano: byToken && row.kind !== "embedding" ? row.outputNano : null },
  ];
  return (
    <Row>
      <Cell>
        <Names row={row} />
      </Cell>
      {cells.map(({ label, nano }) => (
        <Cell key={label} label={label} right>
          {nano === null ? <NotSold /> : <TokenAmount nano={BigInt(nano)} style={style} />}
        </Cell>
      ))}
      {withImages ? (
        <Cell label={t("image")} right>
          {row.imageNano === null ? <NotSold /> : formatMoney(BigInt(row.imageNano), style)}
        </Cell>
      ) : null}
      <Cell label={t("since")}>
        <Since effectiveFrom={row.effectiveFrom} changesAt={row.changesAt} />
      </Cell>
    </Row>
  );
}

function TokenAmount({ nano, style }: { nano: bigint; style: MoneyStyle }) {
  const t = useTranslations("pricing");
  if (nano === 0n) return t("free");
  const small = t("perThousand", { price: formatTokenPrice(nano, perThousand, style) });
  return <Amount small={small}>{t("perMillion", { price: formatTokenPrice(nano, perMillion, style) })}</Amount>;
}

function NotSold() {
  const t = useTranslations("pricing");
  return (
    <>
      <span aria-hidden className="text-faint">
        –
      </span>
      <span className="sr-only">{t("notSold")}</span>
    </>
  );
}

function Names({ row }: { row: TokenPriceRow }) {
  const t = useTranslations("pricing");
  return (
    <div className="flex min-w-0 flex-col max-md:pb-2">
      <Link href={`/models/${row.slug}`} className="self-start font-medium text-body hover:underline">
        {row.name}
      </Link>
      <span className="flex min-w-0 items-center gap-0.5 text-muted">
        <span className="truncate font-mono text-code">{row.accessName}</span>
        <CopyButton text={row.accessName} label={t("accessNameOf", { name: row.name })} className="size-7 md:size-6" />
      </span>
    </div>
  );
}
