"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { api } from "#components/ui/api.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogActions } from "#components/ui/dialog.tsx";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { Field, Input, NativeSelect } from "#components/ui/field.tsx";
import { toast } from "#components/ui/toast.ts";
import { regionList } from "#lib/contracts/models.ts";
import { deployInput, type ServiceDetail } from "#lib/contracts/services.ts";
import { useRetry, useVerbError } from "./lifecycle.ts";
import { usePrices } from "./prices.ts";
import { serviceReason } from "./reason-text.ts";
import { ScaleResult } from "./scale-result.tsx";

interface RetryDialogProps {
  service: ServiceDetail;
  currency: string;
  onClose: () => void;
}

/** Tries again what could not be started, as it is or with what stood in the way changed. */
export function RetryDialog({ service, currency, onClose }: RetryDialogProps) {
  const t = useTranslations("services");
  const common = useTranslations("common");
  const explain = useVerbError();
  const retry = useRetry(service.id);
  const [typeId, setTypeId] = useState(service.instanceTypeId);
  const [text, setText] = useState(String(service.wantedInstances));
  const { types, error, refetch } = useTypes(service);
  const instances = deployInput.shape.instances.safeParse(Number(text)).data ?? null;
  const hourNano = types.find(({ id }) => id === typeId)?.hourNano ?? service.hourNano;
  const send = () => {
    if (instances === null || retry.isPending) return;
    const input = { generation: service.generation, instanceTypeId: typeId, instances };
    retry.mutate(input, {
      onSuccess: () => {
        toast(t("retryStarted", { name: service.name }));
        onClose();
      },
    });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => open || onClose()}
      title={t("retryTitle", { name: service.name })}
      description={t("retryConsequence")}
      keepOpen={typeId !== service.instanceTypeId || text !== String(service.wantedInstances)}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="mb-4 rounded-box bg-sunken px-3 py-2 text-table">{serviceReason(t, service)}</p>
        {error ? <UpdateFailed error={error} onRetry={refetch} className="mb-3" /> : null}
        <TypeField types={types} typeId={typeId} onType={setTypeId} currency={currency} changed={typeId !== service.instanceTypeId} />
        <Field label={t("instanceNumber")} error={instances === null ? t("instanceNumberError") : undefined}>
          {(control) => <Input {...control} type="number" min={1} value={text} onChange={(event) => setText(event.target.value)} />}
        </Field>
        <ScaleResult
          before={service.wantedInstances}
          after={instances}
          hourNano={hourNano}
          hourNanoBefore={service.hourNano}
          currency={currency}
        />
        {retry.isError ? (
          <p role="alert" className="mt-3 text-bad">
            {explain(retry.error)}
          </p>
        ) : null}
        <DialogActions>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" variant="primary" disabled={instances === null} busy={retry.isPending}>
            {t("retryButton")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface TypeOption {
  id: string;
  name: string;
  hourNano: string | null;
}

/** The instance types of the service's region; its own alone until they are read. */
function useTypes(service: ServiceDetail) {
  const { data, error, refetch } = useQuery({
    queryKey: ["regions"],
    queryFn: ({ signal }) => api({ path: "/api/regions", schema: regionList, signal }),
  });
  const own: TypeOption = { id: service.instanceTypeId, name: service.instanceType, hourNano: service.hourNano };
  const offered: TypeOption[] = data?.items.find(({ id }) => id === service.regionId)?.instanceTypes ?? [];
  return { types: offered.some(({ id }) => id === own.id) ? offered : [own, ...offered], error, refetch };
}

interface TypeFieldProps {
  types: TypeOption[];
  typeId: string;
  onType: (id: string) => void;
  currency: string;
  changed: boolean;
}

function TypeField({ types, typeId, onType, currency, changed }: TypeFieldProps) {
  const t = useTranslations("services");
  const prices = usePrices(currency);
  return (
    <Field label={t("instanceType")} help={changed ? t("retryRunningFee") : undefined}>
      {(control) => (
        <NativeSelect {...control} value={typeId} onChange={(event) => onType(event.target.value)}>
          {types.map(({ id, name, hourNano }) => (
            <option key={id} value={id} disabled={hourNano === null}>
              {hourNano === null ? name : t("typeOption", { name, price: prices.one(hourNano) })}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
