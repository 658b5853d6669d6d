import { z } from "zod";
import { email as emailSchema } from "#lib/contracts/account.ts";
import { parseAmount } from "#lib/money/nano.ts";
import { type CommandInput, UsageError } from "../cli/command.ts";

/** The value of a required option, parsed; throws a {@link UsageError} that names the option. */
export function parsed<T>(values: CommandInput["values"], option: string, schema: z.core.$ZodType<T>): T {
  const result = z.safeParse(schema, values[option]);
  if (result.success) return result.data;
  throw new UsageError(`--${option}: ${result.error.issues[0]?.message ?? "is not valid"}`);
}

export function emailOf(values: CommandInput["values"]): string {
  return parsed(values, "email", emailSchema);
}

/** `12.5` → 12_500_000_000n, above zero. */
export function amountOf(values: CommandInput["values"]): bigint {
  const amount = parseAmount(String(values.amount));
  if (amount === null || amount <= 0n) {
    throw new UsageError("--amount: must be above 0, in units of the currency with at most nine decimals, such as 12.5");
  }
  return amount;
}
