"use client";

import { useTranslations } from "next-intl";
import { NativeSelect } from "#components/ui/field.tsx";
import type { Target, Targets } from "./requests.ts";

/** Public models and own services in one list; what is not ready says so. */
export function ModelPicker({ targets, value, onChange }: { targets: Targets; value: string; onChange: (accessName: string) => void }) {
  const t = useTranslations("playground");
  const known = [...targets.shared, ...targets.own].some((target) => target.accessName === value);
  return (
    <NativeSelect
      aria-label={t("model")}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="min-w-0 flex-1 sm:max-w-80"
    >
      {known ? null : (
        <option value={value} disabled>
          {value === "" ? t("chooseModel") : t("gone", { name: value })}
        </option>
      )}
      <Group label={t("publicModels")} targets={targets.shared} />
      <Group label={t("myServices")} targets={targets.own} />
    </NativeSelect>
  );
}

function Group({ label, targets }: { label: string; targets: Target[] }) {
  const t = useTranslations("playground");
  if (targets.length === 0) return null;
  return (
    <optgroup label={label}>
      {targets.map((target) => (
        <option key={target.accessName} value={target.accessName}>
          {target.ready ? target.accessName : t("optionNotReady", { name: target.accessName })}
        </option>
      ))}
    </optgroup>
  );
}
