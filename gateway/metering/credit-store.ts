import { type DrawAnswer, type Operation, recallStandsMs } from "./credit-lease.ts";
import type { MoneyPool } from "./pool.ts";

type Draw = Extract<Operation, { kind: "draw" }>;
type Return = Extract<Operation, { kind: "return" }>;

export interface ActiveRecall {
  workspaceId: string;
  version: bigint;
  leftMs: number;
}

/** One gateway's leases as PostgreSQL keeps them. Every operation may be sent again: its id makes it happen once. */
export interface CreditStore {
  draw(workspaceId: string, operation: Draw): Promise<DrawAnswer>;
  /** Resolves to what went back. */
  giveBack(workspaceId: string, operation: Pick<Return, "id" | "amountNano" | "recallVersion">): Promise<bigint>;
  /** Resolves to the recall's version. */
  recall(workspaceId: string): Promise<bigint>;
  recalls(): Promise<ActiveRecall[]>;
  /** This gateway's leases that are not empty. */
  leases(): Promise<{ workspaceId: string; amountNano: bigint }[]>;
}

export function openCreditStore(pool: MoneyPool, gatewayId: string): CreditStore {
  return {
    async draw(workspaceId, { id, neededNano, queuedNano, aheadNano, recallVersion }) {
      const { rows } = await pool.query<{ granted: bigint; others: bigint; pending: bigint }>({
        name: "draw_credit",
        text: "SELECT * FROM draw_credit($1, $2, $3, $4, $5, $6, $7)",
        values: [gatewayId, workspaceId, id, neededNano, queuedNano, aheadNano, recallVersion],
      });
      const [row] = rows;
      if (!row) throw new Error("draw_credit gave no answer");
      return { grantedNano: row.granted, othersNano: row.others, pending: Number(row.pending) };
    },
    async giveBack(workspaceId, { id, amountNano, recallVersion }) {
      const { rows } = await pool.query<{ back: bigint }>({
        name: "return_credit",
        text: "SELECT return_credit($1, $2, $3, $4, $5) AS back",
        values: [gatewayId, workspaceId, id, amountNano, recallVersion],
      });
      return rows[0]?.back ?? 0n;
    },
    async recall(workspaceId) {
      const { rows } = await pool.query<{ version: bigint }>("SELECT recall_credit($1, $2) AS version", [workspaceId, recallStandsMs]);
      return rows[0]?.version ?? 0n;
    },
    async recalls() {
      const { rows } = await pool.query<ActiveRecall>({
        name: "active_recalls",
        text: `SELECT "workspaceId", "version", (extract(epoch FROM "until" - clock_timestamp()) * 1000)::float8 AS "leftMs"
          FROM "credit_recalls" WHERE "until" > clock_timestamp()`,
      });
      return rows;
    },
    async leases() {
      const { rows } = await pool.query<{ workspaceId: string; amountNano: bigint }>(
        `SELECT "workspaceId", "amountNano" FROM "credit_leases" WHERE "gatewayId" = $1 AND "amountNano" > 0`,
        [gatewayId],
      );
      return rows;
    },
  };
}
