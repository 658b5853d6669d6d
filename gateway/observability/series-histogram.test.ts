import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { SeriesHistogram } from "./series-histogram.ts";

const settings = { name: "a_seconds", help: "How long it took", labelNames: ["route"], buckets: [0.1, 1, 10] };

test("the text is the one that the library's own histogram has", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom("x", "y"), fc.constantFrom(0, 0.1, 0.5, 1, 1.5, 10, 11)), { minLength: 1 }),
      async (values) => {
        const ours = new Registry();
        const theirs = new Registry();
        const counted = new SeriesHistogram({ ...settings, registers: [ours] });
        const library = new Histogram({ ...settings, registers: [theirs] });
        const series = new Map<string, ReturnType<typeof counted.series>>();
        for (const [route, value] of values) {
          const own = series.get(route) ?? counted.series({ route });
          series.set(route, own);
          own.observe(value);
          library.observe({ route }, value);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
      },
    ),
  );
});
