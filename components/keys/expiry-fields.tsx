"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useFormContext } from "react-hook-form";
import { Field, Input, NativeSelect } from "#components/ui/field.tsx";
import { useTimeZone } from "#components/ui/time-zone.ts";
import { dateValue, expiryChoices } from "./expiry.ts";
import type { KeyValues } from "./key-values.ts";

/** When a key ends. `expiresAt`: when it does so far, which can then be kept. */
export function ExpiryFields({ expiresAt, label }: { expiresAt: string | null; label?: string }) {
  const t = useTranslations("keys");
  const format = useFormatter();
  const timeZone = useTimeZone();
  const { register, watch, formState } = useFormContext<Pick<KeyValues, "expiry" | "date">>();
  const { errors } = formState;
  return (
    <>
      <Field label={label ?? t("expiry")} help={t("expiryHelp")}>
        {(control) => (
          <NativeSelect {...control} {...register("expiry")}>
            {expiresAt ? (
              <option value="keep">
                {t("expiryChoice.keep", {
                  date: format.dateTime(new Date(expiresAt), { dateStyle: "medium", timeStyle: "short", timeZone }),
                })}
              </option>
            ) : null}
            {expiryChoices.map((choice) => (
              <option key={choice} value={choice}>
                {choice === "never" || choice === "date" ? t(`expiryChoice.${choice}`) : t("expiryChoice.days", { count: Number(choice) })}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {watch("expiry") === "date" ? (
        <Field label={t("date")} help={t("dateHelp")} error={errors.date && t("datePast")}>
          {(control) => <Input type="date" min={dateValue(new Date())} {...control} {...register("date")} />}
        </Field>
      ) : null}
    </>
  );
}
