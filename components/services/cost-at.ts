import type { ServiceDetail } from "#lib/contracts/services.ts";

const hourSeconds = 3_600n;

/** What a service has cost so long after it was read, in nano-units: what it had then, and its open intervals' price since. */
export function costAt(service: Pick<ServiceDetail, "costNano" | "openHourNano">, sinceMs: number): string {
  const seconds = BigInt(Math.max(0, Math.floor(sinceMs / 1_000)));
  return (BigInt(service.costNano) + (BigInt(service.openHourNano) * seconds) / hourSeconds).toString();
}
