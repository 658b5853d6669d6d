"use client";

import { Sparkles, Square } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field, Input, NativeSelect, Textarea } from "#components/ui/field.tsx";
import type { TrialImageInput } from "#lib/contracts/trial.ts";
import { TargetPrice } from "../picker/target-price.tsx";
import type { Target } from "../requests.ts";
import { type ImageValues, imageSizes, maxImages, noImageValues, toImageInput, wrongSeed } from "./image-values.ts";

interface ImageFormProps {
  userId: string;
  target: Target | null;
  busy: boolean;
  onDraw: (input: TrialImageInput) => void;
  onStop: () => void;
}

/** What to draw; it survives a reload. */
export function ImageForm({ userId, target, busy, onDraw, onStop }: ImageFormProps) {
  const t = useTranslations("playground");
  const [values, setValues] = useKeptValues(`hydra-playground:${userId}:images`);
  const set = <Name extends keyof ImageValues>(name: Name, value: ImageValues[Name]) => setValues({ ...values, [name]: value });
  const input = target ? toImageInput(target.accessName, values) : null;
  const blocked = target === null ? t("chooseModel") : target.ready ? null : t("notReady");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (input && !busy && blocked === null) onDraw(input);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label={t("prompt")} help={t("promptHelp")}>
        {(control) => (
          <Textarea rows={5} maxLength={4_000} value={values.prompt} onChange={(event) => set("prompt", event.target.value)} {...control} />
        )}
      </Field>
      <Field label={t("negativePrompt")} help={t("negativePromptHelp")}>
        {(control) => (
          <Textarea
            rows={2}
            maxLength={4_000}
            value={values.negative}
            onChange={(event) => set("negative", event.target.value)}
            {...control}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t("imageSize")}>
          {(control) => (
            <NativeSelect value={values.size} onChange={(event) => set("size", event.target.value)} {...control}>
              {imageSizes.map((size) => (
                <option key={size} value={size}>
                  {size.replace("x", " × ")}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <Field label={t("imageCount")}>
          {(control) => (
            <NativeSelect value={values.count} onChange={(event) => set("count", Number(event.target.value))} {...control}>
              {Array.from({ length: maxImages }, (_, index) => (
                <option key={index} value={index + 1}>
                  {index + 1}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      </div>
      <Field label={t("fields.seed.label")} help={t("imageSeedHelp")} error={wrongSeed(values.seed) ? t("fields.seed.error") : undefined}>
        {(control) => (
          <Input
            inputMode="numeric"
            placeholder={t("random")}
            value={values.seed}
            onChange={(event) => set("seed", event.target.value)}
            {...control}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-3">
        {/* Keys: one element for both would turn into the submit button in mid-click, and its click draw again. */}
        {busy ? (
          <Button key="stop" onClick={onStop}>
            <Square className="fill-current" aria-hidden />
            {t("stop")}
          </Button>
        ) : (
          <Button key="generate" type="submit" variant="primary" disabled={input === null || blocked !== null}>
            <Sparkles aria-hidden />
            {t("generate")}
          </Button>
        )}
        <span className="text-label text-muted tabular-nums">{blocked ?? (target ? <TargetPrice target={target} /> : null)}</span>
      </div>
    </form>
  );
}

/** Values that stay in the browser; where it keeps nothing, they last as long as the page. */
function useKeptValues(key: string): [ImageValues, (values: ImageValues) => void] {
  const [values, setValues] = useState<ImageValues>(() => {
    try {
      return { ...noImageValues, ...(JSON.parse(window.localStorage.getItem(key) ?? "{}") as Partial<ImageValues>) };
    } catch {
      return noImageValues;
    }
  });
  return [
    values,
    (next) => {
      setValues(next);
      try {
        window.localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Full or forbidden: the page still holds them.
      }
    },
  ];
}
