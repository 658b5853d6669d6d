import type { Prisma } from "#prisma/generated/client.ts";

/** Something that holds at any moment, over all rows. */
export interface Invariant {
  /** L: ledger, U: usage, I: instances, W: workspaces. */
  name: string;
  /** What holds, in words. */
  says: string;
  /** One row a violation, with a text column `violation`; no rows where it holds. */
  query: Prisma.Sql;
}
