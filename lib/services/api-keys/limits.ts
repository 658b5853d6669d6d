import { isAddressRange } from "#lib/address-ranges.ts";
import type { ApiKeyLimits } from "#lib/contracts/api-keys.ts";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";

/** Limits as columns. `invalid_value` names an allowed address that is none by its place. */
export function limitColumns({ budgetDayNano, budgetMonthNano, allowedModels: _, allowedAddresses, ...counts }: ApiKeyLimits) {
  const index = allowedAddresses?.findIndex((address) => !isAddressRange(address)) ?? -1;
  if (index !== -1) {
    throw new AppError("invalid_value", "An allowed address must be an IP address such as 203.0.113.7, or a range such as 10.0.0.0/8.", {
      param: `limits.allowedAddresses[${index}]`,
      data: { address: allowedAddresses?.[index] ?? "" },
    });
  }
  return {
    ...counts,
    budgetDayNano: budgetDayNano === null ? null : BigInt(budgetDayNano),
    budgetMonthNano: budgetMonthNano === null ? null : BigInt(budgetMonthNano),
  };
}

/** Writes the two lists, of which Prisma cannot say null: all. */
export async function writeLists(tx: DbLike, keyId: string, { allowedModels, allowedAddresses }: ApiKeyLimits): Promise<void> {
  await tx.$executeRaw`
    UPDATE "api_keys" SET "allowedModels" = ${allowedModels}::text[], "allowedAddresses" = ${allowedAddresses}::text[]
    WHERE "id" = ${keyId}`;
}
