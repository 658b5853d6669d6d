"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { type UseFormReturn, useWatch } from "react-hook-form";
import { useErrorMessage } from "#components/ui/error-message.ts";
import { Field, Input } from "#components/ui/field.tsx";
import { type DeployInput, serviceName } from "#lib/contracts/services.ts";
import { suggestName } from "./name-suggestion.ts";
import { useNameCheck } from "./requests.ts";
import { useSettled } from "./use-settled.ts";
import { WholeName } from "./whole-name.tsx";

const typingPauseMs = 300;
/** Suggestions in a row that may turn out to be taken before the reader is left to think of one. */
const mostSuggestions = 20;

/**
 * The service's name: suggested from the model until the reader types one, checked while they type. `owner` is the
 * first half of the access name that comes of it.
 */
export function NameField({ form, owner }: { form: UseFormReturn<DeployInput>; owner: string }) {
  const t = useTranslations("services");
  const [name, modelSlug] = useWatch({ control: form.control, name: ["name", "modelSlug"] });
  const settled = useSettled(name, typingPauseMs);
  const message = useErrorMessage();
  const check = useNameCheck(settled);
  const available = settled === name ? check.data?.available : undefined;
  useSuggestion(form, modelSlug, available === false);
  const error = form.formState.errors.name;
  const wrong = name !== "" && settled === name && !serviceName.safeParse(name).success;
  const taken = error?.type === "taken" || available === false;
  const accessName = () => <WholeName>{`${owner}/${name}`}</WholeName>;
  const help = available
    ? t.rich("nameFree", { name: accessName })
    : check.isError
      ? t("nameUnchecked", { message: message(check.error) })
      : check.isFetching
        ? t("nameChecking")
        : name === ""
          ? t("nameRules")
          : t.rich("nameHelp", { name: accessName });
  return (
    <Field label={t("serviceName")} help={help} error={taken ? t("nameTaken") : wrong || error ? t("nameRules") : undefined}>
      {(control) => (
        <Input
          {...control}
          {...form.register("name")}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="font-mono text-code"
        />
      )}
    </Field>
  );
}

/** Fills in a free name for the chosen model, as long as the reader has typed none of their own. */
function useSuggestion({ getValues, setValue }: UseFormReturn<DeployInput>, modelSlug: string, taken: boolean): void {
  const [made, setMade] = useState({ slug: getValues("modelSlug"), attempt: 1 });
  useEffect(() => {
    if (modelSlug === "") return;
    const next = made.slug !== modelSlug ? 1 : made.attempt + 1;
    const untouched = getValues("name") === suggestName(made.slug, made.attempt);
    if (!untouched || (next > 1 && !taken) || next > mostSuggestions) return;
    setMade({ slug: modelSlug, attempt: next });
    setValue("name", suggestName(modelSlug, next));
  }, [modelSlug, taken, made, getValues, setValue]);
}
