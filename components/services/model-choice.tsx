"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { UseFormReturn } from "react-hook-form";
import { Badge } from "#components/ui/badge.tsx";
import type { ModelSummary } from "#lib/contracts/models.ts";
import type { DeployInput } from "#lib/contracts/services.ts";
import { ChoiceGroup } from "./choice-group.tsx";
import { RadioCard } from "./radio-card.tsx";

interface ModelChoiceProps {
  form: UseFormReturn<DeployInput>;
  /** Deployable ones first. */
  models: ModelSummary[];
  /** Slug in the address; empty where none is. */
  asked: string;
}

/** Every model; those that cannot be deployed here say why and cannot be chosen. */
export function ModelChoice({ form, models, asked }: ModelChoiceProps) {
  const t = useTranslations("services");
  return (
    <ChoiceGroup label={t("model")} error={form.formState.errors.modelSlug ? t("chooseModel") : undefined}>
      <AskedInVain models={models} asked={asked} />
      <div className="grid max-h-80 gap-2 overflow-y-auto rounded-box border bg-sunken p-2 md:grid-cols-2">
        {models.map((model) => (
          <RadioCard key={model.id} {...form.register("modelSlug")} value={model.slug} disabled={model.deployUnavailable !== null}>
            <ModelLine model={model} />
          </RadioCard>
        ))}
      </div>
    </ChoiceGroup>
  );
}

function ModelLine({ model }: { model: ModelSummary }) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const format = useFormatter();
  const facts = [t(`kinds.${model.kind}`), t("contextLength", { tokens: format.number(model.contextLength) })];
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2">
        <span className={model.deployUnavailable === null ? "font-medium" : "text-muted"}>{model.name}</span>
        {model.demo ? <Badge>{common("demoModel")}</Badge> : null}
      </span>
      <span className="text-label text-muted">
        {model.deployUnavailable === null ? facts.join(" · ") : t(`unavailable.${model.deployUnavailable}`)}
      </span>
    </>
  );
}

/** Where the address names a model that cannot be chosen: which, and why. */
function AskedInVain({ models, asked }: { models: ModelSummary[]; asked: string }) {
  const t = useTranslations("services");
  if (asked === "") return null;
  const model = models.find(({ slug }) => slug === asked);
  if (model?.deployUnavailable === null) return null;
  return (
    <p className="text-table text-warn">
      {model
        ? t("modelCannot", { model: model.name, reason: t(`unavailable.${model.deployUnavailable}`) })
        : t("modelUnknown", { slug: asked })}
    </p>
  );
}
