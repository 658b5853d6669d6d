import * as z from "zod/mini";
import { moment } from "./common.ts";
import { stateReasons } from "./services.ts";

/** One start of an instance, and what came of it. */
export const runView = z.object({
  id: z.string(),
  instanceId: z.string(),
  /** 1, 2, 3 … of its instance. */
  number: z.int(),
  startedAt: moment,
  /** Null where it never was ready. */
  readyAt: z.nullable(moment),
  /** Null while it runs. */
  endedAt: z.nullable(moment),
  /** Exit code or signal's name; null while it runs, where it was ended on purpose, or nobody saw it end. */
  exit: z.nullable(z.string()),
  /** Why it ended by itself; empty otherwise. */
  reason: z.enum(stateReasons),
  reasonData: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Machine or node that it ran on. */
  host: z.nullable(z.string()),
  podName: z.nullable(z.string()),
  /** Lines that its log has had so far; the newest 1,000 are kept. */
  logLines: z.int(),
});
export type RunView = z.infer<typeof runView>;

/** The newest 20 of a service, newest first. */
export const runList = z.object({ items: z.array(runView) });
export type RunList = z.infer<typeof runList>;

/** The variable parts of an address that names one run. */
export const runParams = z.object({ id: z.string().check(z.maxLength(64)), runId: z.string().check(z.maxLength(64)) });

/** Lines after that one; 0: from the oldest that is kept. */
export const runLinesQuery = z.object({ after: z._default(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(2_147_483_647)), 0) });

export const runLines = z.object({
  items: z.array(
    z.object({
      /** Its number in the log, from 1; the first ones may be gone. */
      seq: z.int(),
      at: moment,
      text: z.string(),
    }),
  ),
  /** No line will follow. */
  complete: z.boolean(),
});
export type RunLines = z.infer<typeof runLines>;
