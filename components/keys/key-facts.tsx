"use client";

import { useTranslations } from "next-intl";
import { Card, Fact, Facts } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ApiKeyDetail } from "#lib/contracts/api-keys.ts";

/** What a key is. */
export function KeyFacts({ apiKey }: { apiKey: ApiKeyDetail }) {
  const t = useTranslations("keys");
  const common = useTranslations("common");
  return (
    <Card>
      <Facts>
        <Fact label={t("column.key")}>
          <span className="font-mono text-code">{apiKey.masked}</span>
        </Fact>
        <Fact label={t("id")}>
          <span className="min-w-0 truncate font-mono text-code">{apiKey.id}</span>
          <CopyButton text={apiKey.id} label={t("id")} />
        </Fact>
        <Fact label={t("column.created")}>
          <Time at={apiKey.createdAt} past />
        </Fact>
        <Fact label={t("column.lastUsed")}>
          {apiKey.lastUsedAt ? <Time at={apiKey.lastUsedAt} past /> : <span className="text-muted">{common("never")}</span>}
        </Fact>
        <Fact label={t("column.expires")}>
          {apiKey.expiresAt ? <Time at={apiKey.expiresAt} /> : <span className="text-muted">{t("expiryChoice.never")}</span>}
        </Fact>
        {apiKey.disabledAt ? (
          <Fact label={t("disabledSince")}>
            <Time at={apiKey.disabledAt} past />
          </Fact>
        ) : null}
      </Facts>
    </Card>
  );
}
