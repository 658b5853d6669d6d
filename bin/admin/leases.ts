import { amountToDecimal } from "#lib/money/nano.ts";
import { listLeases } from "#lib/services/wallet/list-leases.ts";
import { writeOffLeases } from "#lib/services/wallet/write-off-leases.ts";
import type { Command } from "../cli/command.ts";
import { asOperator } from "./context.ts";

export const leasesCommand: Command = {
  name: "admin leases",
  summary: "List the credit that gateways have drawn; with --write-off give back what a lost gateway had",
  usage: "hydra admin leases [--write-off <gateway id>] [--json]",
  options: {
    "write-off": { type: "string", value: "<gateway id>", says: "A gateway that will not come back: its machine or its folder is lost" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const gatewayId = values["write-off"];
    if (gatewayId === undefined) {
      const { leases, currency } = await asOperator(env, async (ctx, config) => ({
        leases: await listLeases({ ctx }),
        currency: config.currency,
      }));
      if (values.json) console.log(JSON.stringify({ leases, currency }));
      else if (leases.length === 0) console.log("No gateway has drawn any credit.");
      for (const lease of values.json ? [] : leases) {
        const amount = `${amountToDecimal(BigInt(lease.amountNano))} ${currency}`;
        console.log(`${lease.gatewayId}  ${lease.running ? "running" : "not running"}  ${lease.workspaceName}  ${amount}`);
      }
      return 0;
    }
    const writtenOff = await asOperator(env, (ctx) => writeOffLeases({ ctx, input: { gatewayId: String(gatewayId) } }));
    if (values.json) console.log(JSON.stringify({ writtenOff }));
    else console.log(`Given back to ${writtenOff.length} ${writtenOff.length === 1 ? "wallet" : "wallets"}.`);
    return 0;
  },
};
