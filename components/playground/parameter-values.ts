import type { TrialInput } from "#lib/contracts/trial.ts";

/** How to ask: everything of a trial call but the messages. */
export type TrialSettings = Omit<TrialInput, "messages"> & { system: string };

/** As typed; empty means the model's own default. */
export interface ParameterValues {
  system: string;
  temperature: string;
  max_tokens: string;
  seed: string;
}

export const noParameters: ParameterValues = { system: "", temperature: "", max_tokens: "", seed: "" };

export type NumberParameter = Exclude<keyof ParameterValues, "system">;

/** Parameters that the model would refuse. `maxOutputTokens` null: no known limit. */
export function wrongParameters(values: ParameterValues, maxOutputTokens: number | null): NumberParameter[] {
  const fits: Record<NumberParameter, (value: number) => boolean> = {
    temperature: (value) => value >= 0 && value <= 2,
    max_tokens: (value) => Number.isInteger(value) && value >= 1 && value <= (maxOutputTokens ?? Number.MAX_SAFE_INTEGER),
    seed: (value) => Number.isSafeInteger(value),
  };
  return (Object.keys(fits) as NumberParameter[]).filter((name) => {
    const value = numberOf(values[name]);
    return value !== undefined && !fits[name](value);
  });
}

/** A trial call's settings; the values must be right. */
export function toSettings(model: string, values: ParameterValues): TrialSettings {
  const numbers = { temperature: numberOf(values.temperature), max_tokens: numberOf(values.max_tokens), seed: numberOf(values.seed) };
  const given = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
  return { model, system: values.system.trim(), ...given };
}

/** What was typed as a number (NaN where it is none); undefined for nothing. */
function numberOf(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
