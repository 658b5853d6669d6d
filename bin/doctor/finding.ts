export type Verdict = "ok" | "warn" | "fail";

/** One line of `hydra doctor`. */
export interface Finding {
  name: string;
  verdict: Verdict;
  /** What was seen. */
  says: string;
  /** What to do about it; null where nothing is wrong. */
  advice: string | null;
}

export function ok(name: string, says: string): Finding {
  return { name, verdict: "ok", says, advice: null };
}

export function warn(name: string, says: string, advice: string): Finding {
  return { name, verdict: "warn", says, advice };
}

export function fail(name: string, says: string, advice: string): Finding {
  return { name, verdict: "fail", says, advice };
}
