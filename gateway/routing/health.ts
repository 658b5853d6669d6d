/** When an instance that fails is left out, and for how long. */
export interface HealthRules {
  /** Failures in a row after which it is left out. */
  failures: number;
  /** How long it is left out at first; twice as long after each failed probe. */
  firstBackoffMs: number;
  longestBackoffMs: number;
}

export const defaultHealthRules: HealthRules = { failures: 3, firstBackoffMs: 1_000, longestBackoffMs: 30_000 };

interface Record {
  failures: number;
  /** 0 while it is not left out. */
  backoffMs: number;
  outUntilMs: number;
  /** A call has been sent to see whether it is well again. */
  probing: boolean;
}

const forgetAfterMs = 600_000;

/**
 * What this process has seen of its instances, from the calls themselves: one that fails several times in a row is left
 * out for a while, then one call is sent to it as a probe, and only when that goes well the others follow.
 */
export class Health {
  readonly #rules: HealthRules;
  readonly #now: () => number;
  /** Only of instances whose last call failed. */
  readonly #records = new Map<string, Record>();

  constructor(rules: HealthRules = defaultHealthRules, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
  }

  /** Whether calls may go there at this moment. */
  isOpen(instanceId: string): boolean {
    const record = this.#records.get(instanceId);
    if (!record || record.backoffMs === 0) return true;
    return !record.probing && this.#now() >= record.outUntilMs;
  }

  /** A call is sent there; the first one after the time out is the probe. */
  sent(instanceId: string): void {
    const record = this.#records.get(instanceId);
    if (record && record.backoffMs > 0 && this.#now() >= record.outUntilMs) record.probing = true;
  }

  answered(instanceId: string): void {
    this.#records.delete(instanceId);
  }

  failed(instanceId: string): void {
    const now = this.#now();
    const record = this.#records.get(instanceId) ?? { failures: 0, backoffMs: 0, outUntilMs: 0, probing: false };
    record.failures++;
    // Calls that were under way when it was left out say nothing new.
    const late = record.backoffMs > 0 && !record.probing && now < record.outUntilMs;
    if (record.failures >= this.#rules.failures && !late) {
      record.backoffMs = Math.min(this.#rules.longestBackoffMs, Math.max(this.#rules.firstBackoffMs, record.backoffMs * 2));
      record.outUntilMs = now + record.backoffMs;
      record.probing = false;
    }
    if (this.#records.size === 0 || !this.#records.has(instanceId)) this.#forgetGone(now);
    this.#records.set(instanceId, record);
  }

  /** The call ended without saying anything of the instance, because its client left: another one may be the probe. */
  unclear(instanceId: string): void {
    const record = this.#records.get(instanceId);
    if (record) record.probing = false;
  }

  /** Instances come and go; those that failed long ago are gone. */
  #forgetGone(now: number): void {
    for (const [id, record] of this.#records) if (now - record.outUntilMs > forgetAfterMs) this.#records.delete(id);
  }
}
