import { useFormatter, useTranslations } from "next-intl";
import { Card, Fact } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { spaced } from "#components/ui/spaced.ts";
import { Time } from "#components/ui/time.tsx";
import type { ModelSummary } from "#lib/contracts/models.ts";

export function ModelFacts({ model }: { model: ModelSummary }) {
  const t = useTranslations("models");
  const format = useFormatter();
  const tokens = (count: number) => <span className="tabular-nums">{t("tokens", { count })}</span>;
  return (
    <Card>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-3 *:first:col-span-2 lg:grid-cols-4">
        <Fact label={t("accessName")}>
          {model.hosting.token ? (
            <>
              <span className="truncate font-mono text-code">{model.accessName}</span>
              <CopyButton text={model.accessName} label={t("accessName")} />
            </>
          ) : (
            <span className="text-muted">{t("accessNameOnDeploy")}</span>
          )}
        </Fact>
        <Fact label={t("provider")}>{model.provider}</Fact>
        <Fact label={t("licence")}>{model.licence || t("notPublished")}</Fact>
        <Fact label={t("context")}>{tokens(model.contextLength)}</Fact>
        <Fact label={t("maxOutput")}>{tokens(model.maxOutputTokens)}</Fact>
        <Fact label={t("parameters")}>
          {model.parameters === null
            ? t("notPublished")
            : spaced(format.number(BigInt(model.parameters), { notation: "compact", maximumFractionDigits: 1 }))}
        </Fact>
        <Fact label={t("updated")}>
          <Time at={model.updatedAt} />
        </Fact>
      </dl>
    </Card>
  );
}
