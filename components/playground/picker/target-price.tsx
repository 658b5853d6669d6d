"use client";

import { useTranslations } from "next-intl";
import { useMoney } from "../format-money.ts";
import type { Target } from "../requests.ts";

/** What it costs to talk to: input and output per 1M tokens, an image, or an instance's hour. */
export function TargetPrice({ target: { tokenPrice, hourNano, kind } }: { target: Target }) {
  const t = useTranslations("playground");
  const common = useTranslations("common");
  const money = useMoney();
  if (kind === "image_generation" && tokenPrice?.imageNano) return <>{t("perImage", { price: money.amount(tokenPrice.imageNano) })}</>;
  if (tokenPrice) {
    const [input, output] = [money.perMillionTokens(tokenPrice.inputNano), money.perMillionTokens(tokenPrice.outputNano)];
    return (
      <>
        {t("priceInOut", { input, output })}
        <span className="block text-[11px] text-faint leading-4">{t("perMillion")}</span>
      </>
    );
  }
  return hourNano === null ? null : common("perHour", { price: money.amount(hourNano) });
}
