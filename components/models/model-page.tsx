"use client";

import { useTranslations } from "next-intl";
import { Tabs } from "radix-ui";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { Page } from "#components/ui/page.tsx";
import { useUrlState } from "#components/ui/url-state.ts";
import type { ModelDetail } from "#lib/contracts/models.ts";
import { Introduction } from "./introduction.tsx";
import { ModelActions } from "./model-actions.tsx";
import { HostingBadges, HotMark } from "./model-badges.tsx";
import { ModelFacts } from "./model-facts.tsx";
import { ModelNotes } from "./notes.tsx";
import { PriceBox } from "./prices.tsx";
import { ProviderMark } from "./provider-mark.tsx";
import { RemoveModel } from "./remove-model.tsx";
import { useModel } from "./requests.ts";
import { WeightsCard } from "./weights-card.tsx";

const tabs = ["introduction", "api"] as const;

export interface ModelPageProps {
  initial: ModelDetail;
  currency: string;
  /** Access name in the samples where the model has none of its own: that of a service which the reader would deploy. */
  exampleName: string | null;
  /** Authentication, samples and fields. */
  api: ReactNode;
}

/** One model: facts above, introduction and API as tabs. */
export function ModelPage({ initial, currency, exampleName, api }: ModelPageProps) {
  const t = useTranslations("models");
  const common = useTranslations("common");
  const { data: model, error, refetch } = useModel(initial);
  const [params, setParams] = useUrlState();
  const tab = params.get("tab") === "api" ? "api" : "introduction";
  return (
    <Page
      back={{ href: "/models", label: t("title") }}
      title={
        <span className="flex items-center gap-3">
          <ProviderMark provider={model.provider} />
          <span className="min-w-0 break-words">{model.name}</span>
          {model.hot ? <HotMark /> : null}
        </span>
      }
      description={
        <span className="mt-1 flex flex-wrap gap-1.5">
          {model.demo ? <Badge accent>{common("demoModel")}</Badge> : null}
          {model.own ? <Badge accent>{t("own")}</Badge> : null}
          <Badge>{t(`kind.${model.kind}`)}</Badge>
          <HostingBadges model={model} />
        </span>
      }
      action={
        <>
          {model.own ? <RemoveModel model={model} /> : null}
          <ModelActions model={model} />
        </>
      }
    >
      {error ? <UpdateFailed error={error} onRetry={refetch} /> : null}
      <ModelNotes model={model} />
      <ModelFacts model={model} />
      <Tabs.Root value={tab} onValueChange={(next) => setParams({ tab: next === "api" ? next : null })} className="flex flex-col gap-5">
        <Tabs.List aria-label={model.name} className="flex gap-5 border-b">
          {tabs.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-9 border-transparent border-b-2 font-medium text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
            >
              {t(`tab.${name}`)}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="introduction" tabIndex={-1} className="flex flex-col gap-5">
          <Introduction model={model} />
          {model.weights === null ? null : <WeightsCard weights={model.weights} />}
        </Tabs.Content>
        <Tabs.Content value="api" tabIndex={-1} className="flex flex-col gap-5">
          <PriceBox model={model} currency={currency} />
          {exampleName === null ? null : <p className="text-muted">{t("exampleName", { name: exampleName })}</p>}
          {api}
        </Tabs.Content>
      </Tabs.Root>
    </Page>
  );
}
