"use client";

import { useFormatter, useLocale, useTranslations } from "next-intl";
import { type UseFormReturn, useWatch } from "react-hook-form";
import { Field, NativeSelect } from "#components/ui/field.tsx";
import type { Locale } from "#lib/contracts/account.ts";
import { offeredContext } from "#lib/contracts/instance-memory.ts";
import type { InstanceTypeOption, ModelSummary, RegionOption } from "#lib/contracts/models.ts";
import type { DeployInput } from "#lib/contracts/services.ts";
import { ChoiceGroup } from "./choice-group.tsx";
import { usePrices } from "./prices.ts";
import { RadioCard } from "./radio-card.tsx";

interface PlaceFieldsProps {
  form: UseFormReturn<DeployInput>;
  models: ModelSummary[];
  regions: RegionOption[];
  currency: string;
}

/** The first type of a region that has a price; empty where none has. */
export function firstType(region: RegionOption | undefined): string {
  return region?.instanceTypes.find((type) => type.hourNano !== null)?.id ?? "";
}

/** Region and instance type; another region brings its own types. */
export function PlaceFields({ form, models, regions, currency }: PlaceFieldsProps) {
  const t = useTranslations("services");
  const locale = useLocale() as Locale;
  const [regionId, modelSlug] = useWatch({ control: form.control, name: ["regionId", "modelSlug"] });
  const model = models.find(({ slug }) => slug === modelSlug);
  const chosen = regions.find((region) => region.id === regionId);
  const types = chosen?.instanceTypes ?? [];
  const { errors } = form.formState;
  const moved = (id: string) => form.setValue("instanceTypeId", firstType(regions.find((region) => region.id === id)));
  return (
    <>
      <Field label={t("region")} help={t("regionHelp")} error={errors.regionId && t("chooseRegion")}>
        {(control) => (
          <NativeSelect {...control} {...form.register("regionId", { onChange: (event) => moved(event.target.value) })}>
            {regions.map((region) => (
              <option key={region.id} value={region.id}>
                {region.label[locale]} ({region.name})
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <ChoiceGroup label={t("instanceType")} error={errors.instanceTypeId && t("chooseType")}>
        {types.length === 0 ? <p className="text-muted">{t("noTypes")}</p> : null}
        <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
          {types.map((type) => (
            <RadioCard key={type.id} {...form.register("instanceTypeId")} value={type.id} disabled={type.hourNano === null}>
              <TypeLines type={type} currency={currency}>
                {chosen && model ? <ContextLine model={model} type={type} driver={chosen.driver} /> : null}
              </TypeLines>
            </RadioCard>
          ))}
        </div>
      </ChoiceGroup>
    </>
  );
}

function TypeLines({ type, currency, children }: { type: InstanceTypeOption; currency: string; children: React.ReactNode }) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const format = useFormatter();
  const prices = usePrices(currency);
  const gib = format.number(Number(type.memoryBytes) / 1_073_741_824, { maximumFractionDigits: 1 });
  return (
    <>
      <span className="font-medium">{type.name}</span>
      <span className="text-label text-muted">
        {t("cores", { count: type.cpuMilli / 1_000 })} · {t("memory", { gib })}
      </span>
      {type.gpuModel ? <span className="text-label text-muted">{t("gpu", { count: type.gpuCount, model: type.gpuModel })}</span> : null}
      <span className="text-label text-muted">{t("parallel", { count: type.parallel })}</span>
      {children}
      <span className="mt-1 font-medium text-table tabular-nums">
        {type.hourNano === null ? t("noPrice") : common("perHour", { price: prices.one(type.hourNano) })}
      </span>
    </>
  );
}

/** How long a request to the chosen model may be on this type. */
function ContextLine({ model, type, driver }: { model: ModelSummary; type: InstanceTypeOption; driver: RegionOption["driver"] }) {
  const t = useTranslations("services");
  const format = useFormatter();
  const { parallel, gpuCount } = type;
  const size = { parallel, gpuCount, memoryBytes: Number(type.memoryBytes) };
  const { tokens, certain, fits } = offeredContext({ contextLength: model.contextLength, weights: model.memory, type: size, driver });
  if (!fits) return <span className="text-label text-warn">{t("contextTooSmall", { model: model.name })}</span>;
  return <span className="text-label text-muted">{t(certain ? "contextLength" : "contextAtMost", { tokens: format.number(tokens) })}</span>;
}
