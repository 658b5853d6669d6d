"use client";

import { useTranslations } from "next-intl";
import { Field, Input } from "#components/ui/field.tsx";
import type { NumberParameter } from "../parameter-values.ts";

interface ParameterFieldProps {
  name: NumberParameter;
  value: string;
  onChange: (value: string) => void;
  /** What the chosen model writes at most; null: not known. */
  limit: number | null;
  wrong: boolean;
}

/** Parameters that a slider suits: from, to, step, and where it stands while nothing is chosen. */
const sliders: Partial<Record<NumberParameter, { min: number; max: number; step: number; rest: number }>> = {
  temperature: { min: 0, max: 2, step: 0.1, rest: 1 },
  top_p: { min: 0.05, max: 1, step: 0.05, rest: 1 },
};

/** One parameter: its name, what it does, and the limits it has with this model. */
export function ParameterField({ name, value, onChange, limit, wrong }: ParameterFieldProps) {
  const t = useTranslations("playground");
  const limited = name === "max_tokens" && limit !== null;
  const texts = `fields.${name}`;
  const help = limited ? t(`${texts}.helpLimit`, { limit }) : t(`${texts}.help`);
  const error = wrong ? (limited ? t(`${texts}.errorLimit`, { limit }) : t(`${texts}.error`)) : undefined;
  const slider = sliders[name];
  return (
    <Field label={t(`${texts}.label`)} help={help} error={error}>
      {(control) => (
        <div className="flex items-center gap-3">
          {slider ? (
            <input
              type="range"
              aria-label={t("slider", { name: t(`${texts}.label`) })}
              min={slider.min}
              max={slider.max}
              step={slider.step}
              value={value === "" || wrong ? slider.rest : Number(value)}
              onChange={(event) => onChange(event.target.value)}
              className="h-5 min-w-0 flex-1 accent-accent"
            />
          ) : null}
          <Input
            inputMode="decimal"
            placeholder={t("modelDefault")}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={slider ? "w-20 shrink-0" : undefined}
            {...control}
          />
        </div>
      )}
    </Field>
  );
}
