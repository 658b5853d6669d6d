import { setTimeout as sleep } from "node:timers/promises";
import type { V1Probe } from "@kubernetes/client-node";

/** Asks as a probe says until `signal` aborts. */
export async function runProbe(probe: V1Probe, host: string, signal: AbortSignal, onOutcome: (good: boolean) => void): Promise<void> {
  const { periodSeconds = 10, timeoutSeconds = 1, failureThreshold = 3, successThreshold = 1, initialDelaySeconds = 0 } = probe;
  let inARow = 0;
  let last: boolean | null = null;
  await sleep(initialDelaySeconds * 1_000, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    const good = await ask(probe, host, timeoutSeconds * 1_000);
    inARow = good === last ? inARow + 1 : 1;
    last = good;
    if (signal.aborted) return;
    if (inARow === (good ? successThreshold : failureThreshold)) onOutcome(good);
    await sleep(periodSeconds * 1_000, undefined, { signal }).catch(() => {});
  }
}

async function ask({ httpGet }: V1Probe, host: string, timeoutMs: number): Promise<boolean> {
  if (!httpGet) throw new Error("this agent knows HTTP probes only");
  const url = `${(httpGet.scheme ?? "HTTP").toLowerCase()}://${host}:${httpGet.port}${httpGet.path ?? "/"}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    await answer.body?.cancel();
    return answer.status >= 200 && answer.status < 400;
  } catch {
    return false;
  }
}
