import { api } from "#components/ui/api.ts";
import { type TrialReceipt, trialReceipt } from "#lib/contracts/trial.ts";

// An answer that was stopped is settled once the gateway has seen its reader leave.
const waitsMs = [0, 700, 2_000, 5_000];

/** What a call used and cost; null where that cannot be learned now. */
export async function readReceipt(requestId: string): Promise<TrialReceipt | null> {
  for (const waitMs of waitsMs) {
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const receipt = await api({ path: `/api/trial/receipts/${requestId}`, schema: trialReceipt }).catch(() => null);
    if (receipt) return receipt;
  }
  return null;
}
