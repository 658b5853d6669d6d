"use client";

import { useFormatter, useTranslations } from "next-intl";
import { Card, CardTitle } from "#components/ui/card.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";

/** What a key called in the last 24 hours. */
export function RecentCalls({ calls, capped }: { calls: ApiKeyDetail["recentCalls"]; capped: boolean }) {
  const t = useTranslations("keys");
  const format = useFormatter();
  return (
    <Card>
      <CardTitle>{t("recentCalls")}</CardTitle>
      {calls.length === 0 ? (
        <p className="text-muted">{t("noRecentCalls")}</p>
      ) : (
        <table aria-label={t("recentCalls")} className="w-full text-table">
          <thead>
            <tr className="border-b text-left text-label text-muted">
              <th scope="col" className="h-9 w-full pr-4 font-medium">
                {t("calledModel")}
              </th>
              <th scope="col" className="h-9 whitespace-nowrap pr-4 text-right font-medium">
                {t("calls")}
              </th>
              <th scope="col" className="h-9 whitespace-nowrap text-right font-medium">
                {t("lastCall")}
              </th>
            </tr>
          </thead>
          <tbody>
            {calls.map(({ accessName, calls: count, lastAt }) => (
              <tr key={accessName} className="h-10 border-b last:border-b-0">
                <td className="py-2 pr-4 font-mono text-code [overflow-wrap:anywhere]">
                  <AccessName name={accessName} />
                </td>
                <td className="pr-4 text-right tabular-nums">{format.number(count)}</td>
                <td className="text-right">
                  <Time at={lastAt} past />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {capped ? <p className="mt-3 text-label text-muted">{t("recentCapped")}</p> : null}
    </Card>
  );
}

/** Broken, where it must be, between its two halves. */
function AccessName({ name }: { name: string }) {
  const cut = name.indexOf("/") + 1;
  return (
    <>
      {name.slice(0, cut)}
      <wbr />
      {name.slice(cut)}
    </>
  );
}
