"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type UseFormReturn, useForm, useWatch } from "react-hook-form";
import { ApiError } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { Page } from "#components/ui/page.tsx";
import type { ModelSummary, RegionOption } from "#lib/contracts/models.ts";
import { type DeployInput, deployInput } from "#lib/contracts/services.ts";
import { FeeCard } from "./fee-card.tsx";
import { ModelChoice } from "./model-choice.tsx";
import { NameField } from "./name-field.tsx";
import { suggestName } from "./name-suggestion.ts";
import { firstType, PlaceFields } from "./place-fields.tsx";
import { useDeploy } from "./requests.ts";

interface DeployPageProps {
  models: ModelSummary[];
  regions: RegionOption[];
  /** Slug in the address; empty where none is. */
  asked: string;
  /** First half of the new service's access name. */
  owner: string;
  balanceNano: string;
  currency: string;
}

/** What the form begins with: the model asked for, else the only one that can be chosen; the first region and its first type. */
function startingValues(models: ModelSummary[], regions: RegionOption[], asked: string): DeployInput {
  const deployable = models.filter((model) => model.deployUnavailable === null);
  const only = asked === "" && deployable.length === 1 ? deployable[0] : undefined;
  const modelSlug = (deployable.find((model) => model.slug === asked) ?? only)?.slug ?? "";
  return {
    modelSlug,
    name: suggestName(modelSlug, 1),
    regionId: regions[0]?.id ?? "",
    instanceTypeId: firstType(regions[0]),
    instances: 1,
  };
}

export function DeployPage({ models, regions, asked, owner, balanceNano, currency }: DeployPageProps) {
  const t = useTranslations("services");
  const router = useRouter();
  const deploy = useDeploy();
  const form = useForm<DeployInput>({
    resolver: zodResolver(deployInput),
    mode: "onBlur",
    reValidateMode: "onChange",
    defaultValues: startingValues(models, regions, asked),
  });
  const submit = form.handleSubmit((values) =>
    deploy.mutate(values, {
      onSuccess: (service) => router.push(`/services/${service.id}`),
      onError: (error) => showAtField(form, error),
    }),
  );
  return (
    <Page back={{ href: "/services", label: t("title") }} title={t("deployModel")} description={t("deployDescription")}>
      <form
        onSubmit={submit}
        noValidate
        className="grid items-start gap-5 max-lg:[&_input]:scroll-mb-20 lg:grid-cols-[minmax(0,1fr)_20rem]"
      >
        <Card className="flex flex-col gap-5">
          <ModelChoice form={form} models={models} asked={asked} />
          <NameField form={form} owner={owner} />
          <PlaceFields form={form} models={models} regions={regions} currency={currency} />
          <InstancesField form={form} />
        </Card>
        <Fee form={form} regions={regions} balanceNano={balanceNano} currency={currency}>
          {(fee) => (
            <>
              <Failure error={deploy.error} />
              <div className="flex items-center gap-4">
                <span className="font-semibold tabular-nums lg:hidden">{fee}</span>
                <Button type="submit" variant="primary" busy={deploy.isPending || deploy.isSuccess} className="flex-1">
                  {t("deploy")}
                </Button>
              </div>
            </>
          )}
        </Fee>
      </form>
    </Page>
  );
}

/** A refusal that names a field is shown there, with the cursor in it. */
function showAtField(form: UseFormReturn<DeployInput>, error: Error): void {
  if (error instanceof ApiError && error.code === "name_taken") form.setError("name", { type: "taken" }, { shouldFocus: true });
}

function Failure({ error }: { error: Error | null }) {
  const t = useTranslations("services");
  const message = useErrorMessage();
  if (!error || (error instanceof ApiError && error.code === "name_taken")) return null;
  return (
    <p role="alert" className="text-bad text-table">
      {t("notDeployed", { message: message(error) })}
    </p>
  );
}

function InstancesField({ form }: { form: UseFormReturn<DeployInput> }) {
  const t = useTranslations("services");
  return (
    <Field label={t("instanceNumber")} help={t("instanceNumberHelp")} error={form.formState.errors.instances && t("instanceNumberError")}>
      {(control) => (
        <Input
          {...control}
          type="number"
          min={1}
          max={1000}
          step={1}
          className="tabular-nums sm:w-40"
          {...form.register("instances", { valueAsNumber: true })}
        />
      )}
    </Field>
  );
}

type FeeProps = Pick<DeployPageProps, "regions" | "balanceNano" | "currency"> & {
  form: UseFormReturn<DeployInput>;
  children: (fee: string | null) => React.ReactNode;
};

function Fee({ form, regions, balanceNano, currency, children }: FeeProps) {
  const [instances, instanceTypeId, modelSlug] = useWatch({ control: form.control, name: ["instances", "instanceTypeId", "modelSlug"] });
  const type = regions.flatMap((region) => region.instanceTypes).find(({ id }) => id === instanceTypeId);
  const count = deployInput.shape.instances.safeParse(instances).data ?? null;
  const hourNano = modelSlug === "" ? null : (type?.hourNano ?? null);
  return (
    <FeeCard count={count} hourNano={hourNano} balanceNano={balanceNano} currency={currency}>
      {children}
    </FeeCard>
  );
}
