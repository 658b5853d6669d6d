"use client";

import { useTranslations } from "next-intl";
import { Field, Input, Textarea } from "#components/ui/field.tsx";

/** As typed; empty means the model's own default. */
export interface ParameterValues {
  system: string;
  temperature: string;
  max_tokens: string;
  seed: string;
}

interface ParametersProps {
  values: ParameterValues;
  onChange: (values: ParameterValues) => void;
  maxOutputTokens: number | null;
}

export function Parameters({ values, onChange, maxOutputTokens }: ParametersProps) {
  const t = useTranslations("playground");
  const set = (name: keyof ParameterValues) => (event: { target: { value: string } }) =>
    onChange({ ...values, [name]: event.target.value });
  return (
    <aside
      aria-label={t("parameters")}
      className="order-first border-b px-4 py-3 md:px-6 lg:order-last lg:w-72 lg:shrink-0 lg:border-b-0 lg:border-l lg:py-4 lg:sticky lg:top-14 lg:max-h-[calc(100dvh-3.5rem)] lg:overflow-y-auto"
    >
      <details className="lg:hidden">
        <summary className="cursor-pointer font-medium text-table">{t("parameters")}</summary>
        <div className="pt-3">
          <Fields values={values} set={set} maxOutputTokens={maxOutputTokens} />
        </div>
      </details>
      <div className="hidden lg:block">
        <h2 className="mb-4 font-semibold">{t("parameters")}</h2>
        <Fields values={values} set={set} maxOutputTokens={maxOutputTokens} />
      </div>
    </aside>
  );
}

interface FieldsProps {
  values: ParameterValues;
  set: (name: keyof ParameterValues) => (event: { target: { value: string } }) => void;
  maxOutputTokens: number | null;
}

function Fields({ values, set, maxOutputTokens }: FieldsProps) {
  const t = useTranslations("playground");
  return (
    <div className="flex flex-col gap-2">
      <Field label={t("systemPrompt")} help={t("systemPromptHelp")}>
        {(control) => <Textarea rows={3} value={values.system} onChange={set("system")} {...control} />}
      </Field>
      <Field label={t("temperature")} help={t("temperatureHelp")}>
        {(control) => (
          <Input
            type="number"
            min={0}
            max={2}
            step={0.1}
            placeholder={t("modelDefault")}
            value={values.temperature}
            onChange={set("temperature")}
            {...control}
          />
        )}
      </Field>
      <Field label={t("maxTokens")} help={maxOutputTokens === null ? t("maxTokensHelp") : t("maxTokensLimit", { limit: maxOutputTokens })}>
        {(control) => (
          <Input
            type="number"
            min={1}
            max={maxOutputTokens ?? undefined}
            step={1}
            placeholder={t("modelDefault")}
            value={values.max_tokens}
            onChange={set("max_tokens")}
            {...control}
          />
        )}
      </Field>
      <Field label={t("seed")} help={t("seedHelp")}>
        {(control) => (
          <Input type="number" step={1} placeholder={t("modelDefault")} value={values.seed} onChange={set("seed")} {...control} />
        )}
      </Field>
    </div>
  );
}
