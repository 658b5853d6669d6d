import { expect, test } from "vitest";
import type { PriceList } from "#lib/contracts/pricing.ts";
import { filterPrices } from "./filter.ts";

const period = { effectiveFrom: "2025-01-01T00:00:00.000Z", changesAt: null };
const model = (slug: string, name: string, provider: string): PriceList["tokens"][number] => ({
  ...{ slug, name, provider, kind: "text_generation", accessName: `public/${slug}`, ...period },
  ...{ inputNano: "1", cachedInputNano: "1", outputNano: "1", imageNano: null },
});
const type = (name: string, gpuModel: string | null, zh: string): PriceList["instances"][number] => ({
  ...{ id: name, name, cpuMilli: 1_000, memoryBytes: "1", gpuModel, gpuCount: gpuModel ? 1 : 0, ...period },
  ...{ region: { name: "sh-02", label: { en: "Shanghai 2", zh } }, hourNano: "1" },
});
const prices: PriceList = {
  currency: "CNY",
  tokens: [model("deepseek-r1", "DeepSeek-R1", "DeepSeek"), model("glm-4", "GLM-4", "Zhipu")],
  instances: [type("cpu-small", null, "上海二区"), type("gpu-large", "NVIDIA A100", "上海二区")],
};
const found = (text: string) => {
  const { tokens, instances } = filterPrices(prices, text);
  return [...tokens.map(({ name }) => name), ...instances.map(({ name }) => name)];
};

test("nothing typed keeps everything", () => {
  expect(found("  ")).toEqual(["DeepSeek-R1", "GLM-4", "cpu-small", "gpu-large"]);
});

test("every word must be there, in any letter case and either language", () => {
  expect(found("deepseek R1")).toEqual(["DeepSeek-R1"]);
  expect(found("public/glm")).toEqual(["GLM-4"]);
  expect(found("上海 a100")).toEqual(["gpu-large"]);
  expect(found("shanghai cpu")).toEqual(["cpu-small"]);
  expect(found("glm cpu")).toEqual([]);
});
