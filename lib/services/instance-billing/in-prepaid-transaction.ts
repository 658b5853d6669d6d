import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { formatMoney } from "#lib/money/format.ts";
import type { Context } from "../context.ts";
import { inTransaction } from "../transaction.ts";
import { lockWallet, type Prepaid, prepaidSeconds, readPrepaid } from "./prepaid.ts";
import { recallCredit } from "./recall-credit.ts";

/** Gateways answer a recall within a second. */
const recallWaitMs = 1_000;

/**
 * Does `work`, which asks for instances, in a transaction that lasts only if the workspace can then pay a minute of all its
 * instances; else nothing happens and it throws `credit_balance_exhausted` with the amounts.
 */
export function inPrepaidTransaction<Result>(ctx: Context, workspaceId: string, work: (tx: DbLike) => Promise<Result>): Promise<Result> {
  return inTransaction(ctx, async (tx) => {
    await lockWallet(tx, workspaceId);
    await checkStillThere(tx, ctx);
    const result = await work(tx);
    const prepaid = await readPrepaid(tx, workspaceId);
    if (prepaid.availableNano < prepaid.neededNano) throw notCovered(ctx, prepaid);
    return result;
  });
}

/** An account that is being deleted holds its wallet: who asked meanwhile must not leave something that runs for nobody. */
async function checkStillThere(tx: DbLike, { actor }: Context): Promise<void> {
  if (!actor) return;
  const there = await tx.user.count({ where: { id: actor.userId, status: "active" } });
  if (there === 0) throw new AppError("sign_in_required", "This account has been deleted or disabled.");
}

/** Where credit does not cover what is attempted, has gateways give back what they hold idle, and attempts it once more. */
export async function withRecall<Result>(ctx: Context, workspaceId: string, attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "credit_balance_exhausted") throw error;
    if (!(await recallCredit(ctx.db, workspaceId))) throw error;
    await new Promise((resolve) => setTimeout(resolve, recallWaitMs));
    return attempt();
  }
}

function notCovered(ctx: Context, { neededNano, availableNano }: Prepaid): AppError {
  const style = { currency: ctx.config.currency, locale: "en" };
  const free = availableNano > 0n ? availableNano : 0n;
  return new AppError(
    "credit_balance_exhausted",
    `The first ${prepaidSeconds} seconds of all your instances cost ${formatMoney(neededNano, style)}, and ${formatMoney(free, style)} is available. Add credit, or ask for fewer or smaller instances.`,
    { data: { neededNano: neededNano.toString(), availableNano: free.toString() } },
  );
}
