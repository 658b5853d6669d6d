"use client";

import { ChevronDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { cn } from "#components/ui/cn.ts";
import { Field, Input, Textarea } from "#components/ui/field.tsx";
import type { NumberParameter, ParameterValues } from "./parameter-values.ts";

interface ParametersProps {
  values: ParameterValues;
  onChange: (values: ParameterValues) => void;
  maxOutputTokens: number | null;
  wrong: NumberParameter[];
}

/** Beside the conversation; on a narrow screen folded above it. */
export function Parameters(props: ParametersProps) {
  const t = useTranslations("playground");
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <aside
      aria-label={t("parameters")}
      className="order-first border-b px-4 py-3 md:px-6 lg:sticky lg:top-14 lg:order-last lg:max-h-[calc(100dvh-3.5rem)] lg:w-72 lg:shrink-0 lg:overflow-y-auto lg:border-b-0 lg:border-l lg:py-4"
    >
      <h2 className="font-semibold">
        <span className="hidden lg:inline">{t("parameters")}</span>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex w-full items-center justify-between text-table lg:hidden"
        >
          {t("parameters")}
          <ChevronDown className={cn("size-4 text-muted transition-transform", open && "rotate-180")} aria-hidden />
        </button>
      </h2>
      <div id={id} className={cn("pt-4 lg:block", open ? "block" : "hidden")}>
        <Fields {...props} />
      </div>
    </aside>
  );
}

function Fields({ values, onChange, maxOutputTokens: limit, wrong }: ParametersProps) {
  const t = useTranslations("playground");
  const set = (name: keyof ParameterValues) => (event: { target: { value: string } }) =>
    onChange({ ...values, [name]: event.target.value });
  const error = (name: NumberParameter, text: string) => (wrong.includes(name) ? text : undefined);
  const number = (name: NumberParameter) => ({
    inputMode: "decimal" as const,
    placeholder: t("modelDefault"),
    value: values[name],
    onChange: set(name),
  });
  return (
    <div className="flex flex-col gap-3">
      <Field label={t("systemPrompt")} help={t("systemPromptHelp")}>
        {(control) => <Textarea rows={4} value={values.system} onChange={set("system")} {...control} />}
      </Field>
      <Field label={t("temperature")} help={t("temperatureHelp")} error={error("temperature", t("temperatureError"))}>
        {(control) => <Input {...number("temperature")} {...control} />}
      </Field>
      <Field
        label={t("maxTokens")}
        help={limit === null ? t("maxTokensHelp") : t("maxTokensLimit", { limit })}
        error={error("max_tokens", limit === null ? t("maxTokensError") : t("maxTokensErrorLimit", { limit }))}
      >
        {(control) => <Input {...number("max_tokens")} {...control} />}
      </Field>
      <Field label={t("seed")} help={t("seedHelp")} error={error("seed", t("seedError"))}>
        {(control) => <Input {...number("seed")} {...control} />}
      </Field>
    </div>
  );
}
