import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import type { ModelKind } from "#prisma/generated/client.ts";
import { recordAudit } from "../audit/record.ts";
import { type Context, requireOperator } from "../context.ts";
import { isUniqueViolation } from "../database-errors.ts";
import { tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";

/** Nano-units a token, and a whole image; null: not said. */
export interface TokenPriceInput {
  /** Slug. */
  model: string;
  inputNano: bigint | null;
  /** Null: as other input. */
  cachedInputNano: bigint | null;
  outputNano: bigint | null;
  imageNano: bigint | null;
  /** Null: now. */
  effectiveFrom: Date | null;
}

export interface SetTokenPrice {
  priceId: string;
  inputNano: bigint;
  cachedInputNano: bigint;
  outputNano: bigint;
  imageNano: bigint | null;
  effectiveFrom: Date;
}

/** What must be said for a model of each kind: left out, it would be free by accident. */
const needed = {
  text_generation: ["inputNano", "outputNano"],
  image_understanding: ["inputNano", "outputNano"],
  image_generation: ["imageNano"],
  embedding: ["inputNano"],
} as const satisfies Record<ModelKind, (keyof TokenPriceInput)[]>;

/**
 * Sets what calls of a model cost from a moment on; earlier calls keep their price. For operators. Throws `not_found`,
 * `missing_required_parameter`, `invalid_value` (below 0, or from a moment that has passed), `conflict` (one begins then already).
 */
export async function setTokenPrice({ ctx, input }: { ctx: Context; input: TokenPriceInput }): Promise<SetTokenPrice> {
  requireOperator(ctx);
  const now = ctx.now();
  const { inputNano, cachedInputNano, outputNano, imageNano, effectiveFrom } = input;
  if (effectiveFrom && effectiveFrom < now) {
    throw new AppError("invalid_value", "A price cannot begin in the past: calls have been charged by the one before.", { param: "from" });
  }
  for (const amount of [inputNano, cachedInputNano, outputNano, imageNano]) {
    if (amount !== null && amount < 0n) throw new AppError("invalid_value", "A price cannot be below 0.");
  }
  const model = await ctx.db.model.findFirst({
    where: { slug: input.model, workspaceId: null, deletedAt: null },
    select: { id: true, kind: true, name: true },
  });
  if (!model) throw new AppError("not_found", `There is no model "${input.model}" in the catalog.`, { param: "model" });
  for (const name of needed[model.kind]) {
    if (input[name] === null) {
      const param = name.replace("Nano", "");
      throw new AppError("missing_required_parameter", `${model.name} needs a price for ${param}; 0 makes it free.`, { param });
    }
  }
  const price = {
    inputNano: inputNano ?? 0n,
    cachedInputNano: cachedInputNano ?? inputNano ?? 0n,
    outputNano: outputNano ?? 0n,
    imageNano,
    effectiveFrom: effectiveFrom ?? now,
  };
  const priceId = await write(ctx, model.id, price);
  await tellGateways(ctx.db, "catalog");
  return { priceId, ...price };
}

async function write(ctx: Context, modelId: string, price: Omit<SetTokenPrice, "priceId">): Promise<string> {
  const id = newId("prc");
  try {
    await inTransaction(ctx, async (tx) => {
      await tx.tokenPrice.create({ data: { id, modelId, ...price, createdAt: ctx.now() } });
      const { effectiveFrom, ...amounts } = price;
      const said = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount?.toString() ?? null]));
      const data = { priceId: id, ...said, effectiveFrom: effectiveFrom.toISOString() };
      await recordAudit(tx, ctx, { action: "model.price", targetType: "model", targetId: modelId, workspaceId: null, data });
    });
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new AppError("conflict", "A price of this model begins at that moment already.", { param: "from", cause });
  }
  return id;
}
