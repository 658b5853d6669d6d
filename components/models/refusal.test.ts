import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import type { HubErrorKind } from "#lib/hub/hub.ts";
import en from "../../messages/en/models.json" with { type: "json" };
import zh from "../../messages/zh/models.json" with { type: "json" };

const ofHub: Record<HubErrorKind, true> = {
  ...{ not_found: true, gated: true, unauthorized: true, rate_limited: true, unavailable: true, unreachable: true, invalid: true },
};
const ofModel = ["file_missing", "several_files", "no_weights", "unreadable", "hub_slow", "too_many", "in_use"];
const values = { repository: "o/r", file: "a.gguf", files: "b.gguf, c.gguf", count: 2, more: 3, name: "n", services: "s, t" };

for (const [locale, messages] of [
  ["en", en],
  ["zh", zh],
] as const) {
  test(`each reason why a model is refused has a sentence: ${locale}`, () => {
    const t = createTranslator({
      locale,
      messages: messages.refused as Record<string, string>,
      onError: (error) => {
        throw error;
      },
    });
    for (const reason of [...Object.keys(ofHub).map((kind) => `hub_${kind}`), ...ofModel]) {
      const said = t(reason, values);
      expect(said, reason).toMatch(/[.。]$/);
      expect(said, reason).not.toMatch(/[{}]/);
    }
    expect(t("file_missing", values)).toContain("b.gguf, c.gguf");
    expect(t("file_missing", { ...values, count: 0 })).not.toContain("b.gguf");
    expect(Object.keys(messages.refused)).toHaveLength(Object.keys(ofHub).length + ofModel.length);
  });
}
