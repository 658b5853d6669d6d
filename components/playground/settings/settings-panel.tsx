"use client";

import { useTranslations } from "next-intl";
import { Button } from "#components/ui/button.tsx";
import { Field, Textarea } from "#components/ui/field.tsx";
import { type NumberParameter, noParameters, numberParameters, type ParameterValues } from "../parameter-values.ts";
import { ParameterField } from "./parameter-field.tsx";
import { Presets } from "./presets.tsx";

export interface SettingsPanelProps {
  values: ParameterValues;
  onChange: (values: ParameterValues) => void;
  maxOutputTokens: number | null;
  contextLength: number | null;
  wrong: NumberParameter[];
}

/** How the model is asked: presets, system prompt, parameters with the model's own limits. */
export function SettingsPanel({ values, onChange, maxOutputTokens, contextLength, wrong }: SettingsPanelProps) {
  const t = useTranslations("playground");
  const untouched = Object.values(values).every((value) => value === "");
  return (
    <div className="flex flex-col gap-3">
      <Presets values={values} onChange={onChange} savable={wrong.length === 0 && !untouched} />
      <Field label={t("systemPrompt")} help={t("systemPromptHelp")}>
        {(control) => (
          <Textarea
            rows={5}
            maxLength={50_000}
            value={values.system}
            onChange={(event) => onChange({ ...values, system: event.target.value })}
            {...control}
          />
        )}
      </Field>
      {numberParameters.map((name) => (
        <ParameterField
          key={name}
          name={name}
          value={values[name]}
          onChange={(value) => onChange({ ...values, [name]: value })}
          limit={maxOutputTokens}
          wrong={wrong.includes(name)}
        />
      ))}
      {contextLength === null ? null : <p className="text-label text-muted">{t("contextLimit", { limit: contextLength })}</p>}
      <Button className="self-start" disabled={untouched} onClick={() => onChange(noParameters)}>
        {t("resetParameters")}
      </Button>
    </div>
  );
}
