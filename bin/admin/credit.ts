import { randomUUID } from "node:crypto";
import { amountToDecimal } from "#lib/money/nano.ts";
import { credit } from "#lib/services/wallet/credit.ts";
import type { Command } from "../cli/command.ts";
import { asOperator, userByEmail } from "./context.ts";
import { amountOf, emailOf } from "./values.ts";

export const creditCommand: Command = {
  name: "admin credit",
  summary: "Give a user's personal workspace credit",
  usage: "hydra admin credit --email <address> --amount <amount> [--idempotency-key <key>] [--memo <text>] [--json]",
  options: {
    email: { type: "string", value: "<address>", says: "The user whose personal workspace gets it", required: true },
    amount: { type: "string", value: "<amount>", says: "Above 0, in units of HYDRA_CURRENCY, such as 12.5", required: true },
    "idempotency-key": { type: "string", value: "<key>", says: "Sent again, the same key credits nothing more" },
    memo: { type: "string", value: "<text>", says: "A note in the ledger" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const email = emailOf(values);
    const amountNano = amountOf(values);
    const idempotencyKey = String(values["idempotency-key"] ?? randomUUID());
    const { result, currency } = await asOperator(env, async (ctx, config) => {
      const { workspaceId } = await userByEmail(ctx, email);
      const input = { workspaceId, amountNano, idempotencyKey, memo: String(values.memo ?? "") };
      return { result: await credit({ ctx, input }), currency: config.currency };
    });
    const balance = `The balance of ${email} is ${amountToDecimal(BigInt(result.balanceNano))} ${currency}.`;
    if (values.json) console.log(JSON.stringify({ ...result, currency }));
    else
      console.log(
        result.created ? `Credited ${amountToDecimal(amountNano)} ${currency}. ${balance}` : `This key has credited before. ${balance}`,
      );
    return 0;
  },
};
