import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import { type ErrorCode, errorStatus } from "#lib/errors.ts";
import en from "../../messages/en/errors.json" with { type: "json" };
import zh from "../../messages/zh/errors.json" with { type: "json" };

/** What a refusal with the code always brings along. */
const data: Partial<Record<ErrorCode, Record<string, number>>> = { too_many_attempts: { minutes: 1 } };

for (const [locale, messages] of [
  ["en", en],
  ["zh", zh],
] as const) {
  test(`each code that a route may answer with has a sentence: ${locale}`, () => {
    const t = createTranslator({
      locale,
      messages: messages as Record<string, string>,
      onError: (error) => {
        throw error;
      },
    });
    for (const code of Object.keys(errorStatus) as ErrorCode[]) {
      for (const param of ["none", "messages.0"]) {
        const said = t(code, { param, ...data[code] });
        expect(said, code).toMatch(/[.。]$/);
        expect(said, code).not.toMatch(/none|[{}]/);
        if (locale === "zh") expect(said.replace(/messages\.0|Cookie|ID/g, ""), code).not.toMatch(/[A-Za-z]{2,}/);
      }
    }
  });
}
