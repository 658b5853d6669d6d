import { z } from "zod";
import { moment } from "./common.ts";
import { stateReasons } from "./services.ts";

/** One start of an instance, and what came of it. */
export const runView = z.object({
  id: z.string(),
  instanceId: z.string(),
  /** 1, 2, 3 … of its instance. */
  number: z.number().int(),
  startedAt: moment,
  /** Null where it never was ready. */
  readyAt: moment.nullable(),
  /** Null while it runs. */
  endedAt: moment.nullable(),
  /** Exit code or signal's name; null while it runs, where it was ended on purpose, or nobody saw it end. */
  exit: z.string().nullable(),
  /** Why it ended by itself; empty otherwise. */
  reason: z.enum(stateReasons),
  reasonData: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Machine or node that it ran on. */
  host: z.string().nullable(),
  podName: z.string().nullable(),
  /** Lines that its log has had so far; the newest 1,000 are kept. */
  logLines: z.number().int(),
});
export type RunView = z.infer<typeof runView>;

/** The newest 20 of a service, newest first. */
export const runList = z.object({ items: z.array(runView) });
export type RunList = z.infer<typeof runList>;

/** The variable parts of an address that names one run. */
export const runParams = z.object({ id: z.string().max(64), runId: z.string().max(64) });

/** Lines after that one; 0: from the oldest that is kept. */
export const runLinesQuery = z.object({ after: z.coerce.number().int().min(0).max(2_147_483_647).default(0) });

export const runLines = z.object({
  items: z.array(
    z.object({
      /** Its number in the log, from 1; the first ones may be gone. */
      seq: z.number().int(),
      at: moment,
      text: z.string(),
    }),
  ),
  /** No line will follow. */
  complete: z.boolean(),
});
export type RunLines = z.infer<typeof runLines>;
