import type { SamplingParameters } from "#lib/contracts/trial.ts";

/** As typed; empty means the model's own default. */
export interface ParameterValues {
  system: string;
  temperature: string;
  top_p: string;
  max_tokens: string;
  seed: string;
}

export const noParameters: ParameterValues = { system: "", temperature: "", top_p: "", max_tokens: "", seed: "" };

export type NumberParameter = Exclude<keyof ParameterValues, "system">;

/** What can be set, in the order in which it is shown. */
export const numberParameters: readonly NumberParameter[] = ["temperature", "top_p", "max_tokens", "seed"];

/** Parameters that the model would refuse. `maxOutputTokens` null: no known limit. */
export function wrongParameters(values: ParameterValues, maxOutputTokens: number | null): NumberParameter[] {
  const fits: Record<NumberParameter, (value: number) => boolean> = {
    temperature: (value) => value >= 0 && value <= 2,
    top_p: (value) => value > 0 && value <= 1,
    max_tokens: (value) => Number.isInteger(value) && value >= 1 && value <= (maxOutputTokens ?? Number.MAX_SAFE_INTEGER),
    seed: (value) => Number.isSafeInteger(value),
  };
  return numberParameters.filter((name) => {
    const value = numberOf(values[name]);
    return value !== undefined && !fits[name](value);
  });
}

/** Parameters as a call takes them; the values must be right. */
export function toParameters(values: ParameterValues): SamplingParameters {
  const given = numberParameters.flatMap((name) => {
    const value = numberOf(values[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

/** Kept parameters as they would be typed. */
export function toValues(parameters: SamplingParameters): ParameterValues {
  const typed = numberParameters.map((name) => [name, parameters[name] === undefined ? "" : String(parameters[name])] as const);
  return { ...noParameters, ...Object.fromEntries(typed) };
}

/** What was typed as a number (NaN where it is none); undefined for nothing. */
function numberOf(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
