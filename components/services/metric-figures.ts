import type { MetricPoint, ServiceMetrics } from "#lib/contracts/service-metrics.ts";

/** One line of the charts. Its name picks title and unit in messages. */
export const figures = ["requests", "errors", "tokensPerSecond", "firstToken", "inFlight"] as const;
export type Figure = (typeof figures)[number];

/** A point's value of a figure; null where there is none to tell. Rates are per the unit that the figure's title names. */
export function figureValue(figure: Figure, point: MetricPoint, stepSeconds: ServiceMetrics["stepSeconds"]): number | null {
  switch (figure) {
    case "requests":
    case "errors":
      return (point[figure] * 60) / stepSeconds;
    case "tokensPerSecond":
      return point.outputTokens / stepSeconds;
    case "firstToken":
      return point.firstTokenMs;
    case "inFlight":
      return point.inFlight;
  }
}
