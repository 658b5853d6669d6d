"use client";

import { ChevronRight } from "lucide-react";
import { useTranslations } from "next-intl";
import { useFormContext } from "react-hook-form";
import { Field, Input, Textarea } from "#components/ui/field.tsx";
import { budgetFields, countFields, type KeyValues, limitsOf } from "./key-values.ts";
import { useLimitWords } from "./limit-words.ts";
import { ModelChoice } from "./model-choice.tsx";

interface LimitFieldsProps {
  currency: string;
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** What a key may do, folded away behind one line that says it. */
export function LimitFields({ currency, open, onOpen }: LimitFieldsProps) {
  const t = useTranslations("keys");
  const { register, watch, formState } = useFormContext<KeyValues>();
  const { errors } = formState;
  return (
    <details
      open={open}
      onToggle={(event) => onOpen(event.currentTarget.open)}
      className="rounded-box border [&[open]>summary_svg]:rotate-90"
    >
      <summary className="flex min-h-10 cursor-pointer list-none items-center gap-2 rounded-box px-3 py-2 [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 shrink-0 text-muted transition-transform" strokeWidth={1.75} aria-hidden />
        <span className="shrink-0 font-medium">{t("mayDo")}</span>
        {open ? null : <Summary values={watch()} currency={currency} />}
      </summary>
      <div className="flex flex-col gap-2 border-t px-3 pt-3 pb-2">
        <ModelChoice />
        <Field
          label={t("addresses")}
          help={t("addressesHelp")}
          error={errors.addresses && (errors.addresses.type === "refused" ? errors.addresses.message : t("addressesTooMany"))}
        >
          {(control) => (
            <Textarea
              rows={2}
              autoComplete="off"
              spellCheck={false}
              placeholder={t("addressesPlaceholder")}
              className="font-mono text-code"
              {...control}
              {...register("addresses")}
            />
          )}
        </Field>
        <div className="grid gap-x-3 gap-y-2 sm:grid-cols-3">
          {countFields.map((name) => (
            <Field key={name} label={t(`limit.${name}`)} help={t("noLimit")} error={errors[name] && t("countWrong")}>
              {(control) => <Input inputMode="numeric" autoComplete="off" className="tabular-nums" {...control} {...register(name)} />}
            </Field>
          ))}
        </div>
        <div className="grid gap-x-3 gap-y-2 sm:grid-cols-2">
          {budgetFields.map((name) => (
            <Field key={name} label={t(`limit.${name}`, { currency })} help={t("budgetHelp")} error={errors[name] && t("budgetWrong")}>
              {(control) => <Input inputMode="decimal" autoComplete="off" className="tabular-nums" {...control} {...register(name)} />}
            </Field>
          ))}
        </div>
      </div>
    </details>
  );
}

/** The limits in a few words, as far as the fields can be read. */
function Summary({ values, currency }: { values: KeyValues; currency: string }) {
  const limitWords = useLimitWords(currency);
  let text: string;
  try {
    text = limitWords(limitsOf(values)).join(" · ");
  } catch {
    return null;
  }
  return <span className="min-w-0 truncate text-muted">{text}</span>;
}
