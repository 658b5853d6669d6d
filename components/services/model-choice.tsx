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
  models: ModelSummary[];
  /** Slug in the address; empty where none is. */
  asked: string;
}

/** Every model; those that cannot be deployed here say why and cannot be chosen. */
export function ModelChoice({ form, models, asked }: ModelChoiceProps) {
  const t = useTranslations("services");
  const others = models.filter((model) => model.deployUnavailable !== null);
  return (
    <ChoiceGroup label={t("model")} error={form.formState.errors.modelSlug ? t("chooseModel") : undefined}>
      <AskedInVain models={models} asked={asked} />
      <Cards form={form} models={models.filter((model) => model.deployUnavailable === null)} />
      {others.length > 0 ? (
        <details>
          <summary className="cursor-pointer text-muted text-table">{t("otherModels", { count: others.length })}</summary>
          <div className="pt-2">
            <Cards form={form} models={others} />
          </div>
        </details>
      ) : null}
    </ChoiceGroup>
  );
}

function Cards({ form, models }: Pick<ModelChoiceProps, "form" | "models">) {
  return (
    <div className="grid gap-2 md:grid-cols-2">
      {models.map((model) => (
        <RadioCard key={model.id} {...form.register("modelSlug")} value={model.slug} disabled={model.deployUnavailable !== null}>
          <ModelLine model={model} />
        </RadioCard>
      ))}
    </div>
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
