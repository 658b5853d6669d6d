import { AppError } from "#lib/errors.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireOperator } from "../context.ts";
import { ledgerKey } from "../ledger/keys.ts";
import { post } from "../ledger/post.ts";
import { inTransaction } from "../transaction.ts";

export interface CreditInput {
  workspaceId: string;
  /** Above zero. */
  amountNano: bigint;
  /** The caller's own, up to 200 characters; sent again, it credits nothing more. */
  idempotencyKey: string;
  memo?: string;
}

export interface CreditResult {
  transactionId: string;
  /** False where this key had credited already. */
  created: boolean;
  balanceNano: string;
}

/** One credit beyond a million units is more likely a slip of the finger. */
const maxNano = 1_000_000n * 1_000_000_000n;

/**
 * Gives a workspace credit from the platform's grants. For operators and the `hydra` command. Throws `invalid_value`
 * (amount, key), `not_found` (no such wallet), `idempotency_key_reused`.
 */
export async function credit({ ctx, input }: { ctx: Context; input: CreditInput }): Promise<CreditResult> {
  requireOperator(ctx);
  const { workspaceId, amountNano, memo = "" } = input;
  const key = input.idempotencyKey.trim();
  if (amountNano <= 0n || amountNano > maxNano) {
    throw new AppError("invalid_value", "The amount must be above 0 and at most 1000000.", { param: "amount" });
  }
  if (key === "" || key.length > 200) {
    throw new AppError("invalid_value", "The idempotency key must have 1 to 200 characters.", { param: "idempotencyKey" });
  }
  return inTransaction(ctx, async (tx) => {
    const wallet = await tx.ledgerAccount.findFirst({ where: { kind: "wallet", workspaceId }, select: { id: true } });
    if (!wallet) throw new AppError("not_found", "There is no such workspace.", { param: "workspaceId" });
    const posted = await post(tx, {
      kind: "operator_credit",
      idempotencyKey: ledgerKey.operatorCredit(key),
      memo,
      createdById: ctx.cli ? null : (ctx.actor?.userId ?? null),
      at: ctx.now(),
      entries: [
        { party: "grants", amountNano: -amountNano },
        { party: { wallet: workspaceId }, amountNano },
      ],
    });
    if (posted.created) {
      const data = { amountNano: amountNano.toString(), transactionId: posted.transactionId.toString(), memo };
      await recordAudit(tx, ctx, { action: "workspace.credit", targetType: "workspace", targetId: workspaceId, workspaceId, data });
    }
    const { balanceNano } = await tx.ledgerAccount.findUniqueOrThrow({ where: { id: wallet.id }, select: { balanceNano: true } });
    return { transactionId: posted.transactionId.toString(), created: posted.created, balanceNano: balanceNano.toString() };
  });
}
