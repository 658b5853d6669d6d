import { imageSizes, maxImages, type TrialImageInput, trialImageInput } from "#lib/contracts/trial.ts";

/** As typed. */
export interface ImageValues {
  prompt: string;
  negative: string;
  size: string;
  count: number;
  seed: string;
}

export const noImageValues: ImageValues = { prompt: "", negative: "", size: "1024x1024", count: 1, seed: "" };

export { imageSizes, maxImages };

/** Whether the seed is none that a model takes; nothing typed is right. */
export function wrongSeed(seed: string): boolean {
  return seed.trim() !== "" && !Number.isSafeInteger(Number(seed));
}

/** A call of what was typed; null where something of it is missing or wrong. */
export function toImageInput(model: string, values: ImageValues): TrialImageInput | null {
  const { prompt, negative, size, count, seed } = values;
  if (wrongSeed(seed)) return null;
  const parsed = trialImageInput.safeParse({
    model,
    prompt,
    size,
    n: count,
    ...(negative.trim() === "" ? {} : { negative_prompt: negative }),
    ...(seed.trim() === "" ? {} : { seed: Number(seed) }),
  });
  return parsed.success ? parsed.data : null;
}
