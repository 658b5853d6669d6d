import type { GaugeSource } from "../observability/metrics.ts";
import type { LeasedCredit } from "./credit.ts";
import type { LedgerMetering } from "./metering.ts";

/** How the leases on credit, the journal and the waiting usage stand. Amounts are nano-units, as near as a figure's float has them. */
export function moneyGauges(credit: Pick<LeasedCredit, "totals">, metering: Pick<LedgerMetering, "waiting">): GaugeSource[] {
  const amount = (name: "drawnNano" | "heldNano" | "spentNano", gauge: string, help: string): GaugeSource => ({
    name: gauge,
    help,
    read: () => Number(credit.totals()[name]),
  });
  return [
    amount("drawnNano", "hydra_credit_leased_nano", "Credit that this gateway has drawn from balances, in nano-units"),
    amount("heldNano", "hydra_credit_held_nano", "Credit that is held for running calls, in nano-units"),
    amount("spentNano", "hydra_credit_unsettled_nano", "Charges that are in the journal and not in the ledger yet, in nano-units"),
    { name: "hydra_usage_waiting", help: "Calls that have ended and are in the journal alone", read: () => metering.waiting() },
  ];
}
