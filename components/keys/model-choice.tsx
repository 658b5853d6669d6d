"use client";

import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useDeferredValue, useId, useState } from "react";
import { useController, useFormContext } from "react-hook-form";
import { UpdateFailed } from "#components/ui/feedback.tsx";
import { Input } from "#components/ui/field.tsx";
import type { KeyValues } from "./key-values.ts";
import { useCallableModels } from "./requests.ts";

/** All models, or those that are ticked. */
export function ModelChoice() {
  const t = useTranslations("keys");
  const { register, watch } = useFormContext<KeyValues>();
  return (
    <fieldset className="mb-2 flex flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-label">{t("models")}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {(["all", "some"] as const).map((value) => (
          <label key={value} className="flex min-h-8 items-center gap-2 md:min-h-6">
            <input type="radio" value={value} className="size-4 accent-accent" {...register("models")} />
            {t(`modelsChoice.${value}`)}
          </label>
        ))}
      </div>
      {watch("models") === "some" ? <Ticked /> : null}
    </fieldset>
  );
}

function Ticked() {
  const t = useTranslations("keys");
  const note = useId();
  const { field, fieldState } = useController<KeyValues, "allowedModels">({ name: "allowedModels" });
  const [search, setSearch] = useState("");
  const found = useCallableModels(useDeferredValue(search.trim()));
  const chosen = field.value;
  const toggle = (name: string) => field.onChange(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <div className="flex flex-col gap-2">
      {chosen.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {chosen.map((name) => (
            <li key={name} className="flex min-w-0 items-center rounded-[5px] bg-accent-soft pl-2 text-accent">
              <span className="truncate font-mono text-code">{name}</span>
              <button
                type="button"
                aria-label={t("removeModel", { name })}
                onClick={() => toggle(name)}
                className="grid size-8 shrink-0 place-items-center rounded-[5px] md:size-6"
              >
                <X className="size-3.5" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <Input
        ref={field.ref}
        type="search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        // Enter would send the form with half a search typed.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        aria-label={t("searchModels")}
        placeholder={t("searchModels")}
        aria-invalid={fieldState.invalid}
        aria-describedby={note}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend that repeats the one above */}
      <div role="group" aria-label={t("models")} className="max-h-44 overflow-y-auto rounded-control border">
        {found.data?.items.map(({ accessName, model }) => (
          <label key={accessName} className="flex min-h-9 items-center gap-2.5 px-2.5 hover:bg-hover md:min-h-8">
            <input
              type="checkbox"
              checked={chosen.includes(accessName)}
              onChange={() => toggle(accessName)}
              className="size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0 flex-1 truncate font-mono text-code">{accessName}</span>
            <span className="shrink-0 text-label text-muted max-sm:hidden">{model}</span>
          </label>
        ))}
        {found.data?.items.length === 0 ? <p className="px-2.5 py-2 text-muted">{t("noModelFound")}</p> : null}
        {found.isError ? <UpdateFailed error={found.error} onRetry={found.refetch} className="px-2.5 py-2" /> : null}
      </div>
      <p
        id={note}
        role={fieldState.invalid ? "alert" : undefined}
        className={fieldState.invalid ? "text-bad text-label" : "text-label text-muted"}
      >
        {fieldState.invalid ? t("modelsMissing") : t("modelsHelp")}
      </p>
    </div>
  );
}
