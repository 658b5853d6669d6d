import { expect, test } from "vitest";
import { defaultLimits } from "#gateway/limits.ts";
import { embeddingRequest } from "#lib/contracts/openai/embedding-request.ts";
import { imageRequest } from "#lib/contracts/openai/image-request.ts";
import type { DocsFacts } from "./chapter.ts";
import { chaptersIn } from "./chapters.ts";
import { textOf } from "./text-of.ts";

const facts = { accessName: "" } as DocsFacts;

/** Each bound as the page of a language writes it. */
const written = {
  en: (minutes: number) => `${minutes} minutes`,
  zh: (minutes: number) => `${minutes} 分钟`,
};

test("the bounds that the documentation names are those of the gateway", () => {
  for (const locale of ["en", "zh"] as const) {
    const errors = chaptersIn(locale).find(({ slug }) => slug === "errors");
    const text = textOf(errors?.sections(facts).find(({ id }) => id === "bounds")?.body);
    expect(text).toContain(`${defaultLimits.maxBodyBytes / 1024 / 1024} MiB`);
    expect(text).toContain(defaultLimits.maxMessages.toLocaleString("en"));
    expect(text).toContain(`${defaultLimits.firstByteMs / 1_000} `);
    expect(defaultLimits.idleMs).toBe(defaultLimits.firstByteMs);
    expect(text).toContain(written[locale](defaultLimits.totalMs / 60_000));
  }
});

test("as many images and texts as the documentation says are taken, and not one more", () => {
  const images = (n: number) => imageRequest.safeParse({ model: "m", prompt: "p", n }).success;
  expect([images(10), images(11)]).toEqual([true, false]);
  const texts = (count: number) => embeddingRequest.safeParse({ model: "m", input: Array(count).fill("a") }).success;
  expect([texts(2_048), texts(2_049)]).toEqual([true, false]);
});
