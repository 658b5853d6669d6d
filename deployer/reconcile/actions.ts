import type { Obstacle, RunFacts } from "../drivers/driver.ts";

/** One step towards what is wanted. Each may be taken again, or lost half-way: the next plan starts from what is then seen. */
export type Action =
  /** A new row, still without a process. */
  | { kind: "create" }
  | { kind: "start"; instanceId: string }
  /** A start cannot succeed at present. */
  | { kind: "hold"; instanceId: string; obstacle: Obstacle }
  /** A run was found whose start never reached the row. */
  | { kind: "adopt"; instanceId: string; run: RunFacts }
  | { kind: "ready"; instanceId: string; endpoint: string; run: RunFacts }
  /** Healthy for long enough to forget earlier failures. */
  | { kind: "settle"; instanceId: string }
  /** It ended by itself; `exit` is null where nobody saw how. */
  | { kind: "exited"; instanceId: string; exit: string | null; retryMs: number }
  /** It lives but is of no use: out of service now, ended by the next step. */
  | { kind: "fail"; instanceId: string; reason: "start_timeout" | "health_lost"; afterSeconds: number; retryMs: number }
  | { kind: "drain"; instanceId: string }
  /** Ask it to end when its running calls have. */
  | { kind: "terminate"; instanceId: string }
  | { kind: "kill"; instanceId: string }
  | { kind: "stopped"; instanceId: string };

export type InstanceAction = Exclude<Action, { kind: "create" }>;
