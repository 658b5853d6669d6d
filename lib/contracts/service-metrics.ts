import * as z from "zod/mini";
import { moment } from "./common.ts";

/** How far back, and in steps of how many seconds. */
export const metricRanges = {
  "1h": { seconds: 3_600, stepSeconds: 60 },
  "24h": { seconds: 86_400, stepSeconds: 900 },
  "7d": { seconds: 604_800, stepSeconds: 7_200 },
} as const;
export type MetricRange = keyof typeof metricRanges;

export const serviceMetricsQuery = z.object({ range: z._default(z.enum(["1h", "24h", "7d"]), "1h") });

/** The calls that began in one step. */
export const metricPoint = z.object({
  at: moment,
  requests: z.int(),
  /** Those that ended in an error that was not their client's leaving. */
  errors: z.int(),
  outputTokens: z.int(),
  /** Median in milliseconds; null where no call had a first token. */
  firstTokenMs: z.nullable(z.number()),
  /** Calls that ran at once, on average: their durations over the step's. */
  inFlight: z.number(),
});
export type MetricPoint = z.infer<typeof metricPoint>;

/** Every step of the range, oldest first, also those without calls; the last one is still going on. */
export const serviceMetrics = z.object({ range: z.enum(["1h", "24h", "7d"]), stepSeconds: z.int(), points: z.array(metricPoint) });
export type ServiceMetrics = z.infer<typeof serviceMetrics>;
