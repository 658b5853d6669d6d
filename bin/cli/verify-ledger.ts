import { parseConfig } from "#lib/config.ts";
import { openDatabase } from "#lib/db/client.ts";
import { type LedgerHead, verifyLedger } from "#lib/services/ledger/verify.ts";
import { withDatabase } from "../installation/with-database.ts";
import { type Command, UsageError } from "./command.ts";

export const verifyLedgerCommand: Command = {
  name: "verify-ledger",
  summary: "Recompute the ledger's chain; says the first link that was altered, or the head of a whole one",
  usage: "hydra verify-ledger [--head <sequence>:<hash>] [--json]",
  options: {
    head: { type: "string", value: "<sequence>:<hash>", says: "A head that was printed earlier; it must be on the chain" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const expected = values.head === undefined ? null : headOf(String(values.head));
    const { verified, head, broken } = await withDatabase(parseConfig(env), "verify-ledger", async (url) => {
      const db = openDatabase(url, { poolSize: 1 });
      return verifyLedger({ db, expected }).finally(() => db.$disconnect());
    });
    const shown = `${head.sequence}:${head.hash}`;
    if (values.json) console.log(JSON.stringify({ ok: broken === null, verified: String(verified), head: shown, broken }));
    else if (broken === null) console.log(`The ledger is whole: ${verified} transactions. Head: ${shown}`);
    else console.error(`The ledger is broken after ${verified} whole transactions: ${broken}.`);
    return broken === null ? 0 : 1;
  },
};

function headOf(text: string): LedgerHead {
  const match = /^(\d{1,18}):([0-9a-f]{64})$/.exec(text.trim());
  if (!match?.[1] || !match[2]) throw new UsageError("--head: must be <sequence>:<hash>, as this command prints it");
  return { sequence: BigInt(match[1]), hash: match[2] };
}
