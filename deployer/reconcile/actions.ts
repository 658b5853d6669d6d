import type { StateReason } from "#lib/contracts/services.ts";
import type { Obstacle, RunFacts } from "../drivers/driver.ts";
import type { ReasonData } from "./snapshot.ts";

/** One step towards what is wanted. Each may be taken again, or lost half-way: the next plan starts from what is then seen. */
export type Action =
  /** A new row, still without a process; `place` is the endpoint it is for, or null. */
  | { kind: "create"; place: string | null }
  | { kind: "start"; instanceId: string }
  /** A start cannot succeed at present. */
  | { kind: "hold"; instanceId: string; obstacle: Obstacle }
  /** It was started and cannot get on at present; null: now it can. */
  | { kind: "wait"; instanceId: string; obstacle: Obstacle | null }
  /** A run was found whose start never reached the row. */
  | { kind: "adopt"; instanceId: string; run: RunFacts }
  | { kind: "ready"; instanceId: string; endpoint: string; run: RunFacts }
  /** Healthy for long enough to forget earlier failures. */
  | { kind: "settle"; instanceId: string }
  /** It ended by itself; `exit` is null where nobody saw how, `cause` where nothing more is known. */
  | { kind: "exited"; instanceId: string; exit: string | null; cause: Obstacle | null; retryMs: number }
  /** It lives but is of no use: out of service now, ended by the next step. */
  | { kind: "fail"; instanceId: string; reason: StateReason; data: ReasonData; retryMs: number }
  | { kind: "drain"; instanceId: string }
  /** Ask it to end when its running calls have. */
  | { kind: "terminate"; instanceId: string }
  | { kind: "kill"; instanceId: string }
  | { kind: "stopped"; instanceId: string };

export type InstanceAction = Exclude<Action, { kind: "create" }>;
