import { Prisma } from "#prisma/generated/client.ts";
import type { Spend, Spent } from "../ports.ts";
import type { Store } from "../snapshot/store.ts";

/** What keys and workspaces were charged, from the rows that the database keeps by day. */
export function readSpend(store: Pick<Store, "ask">): Spend {
  return {
    async read(subjects, day) {
      if (subjects.length === 0) return new Map();
      const rows = await store.ask(
        (db) => db.$queryRaw<({ subject: string } & Spent)[]>`
          SELECT "subject", coalesce(sum("chargedNano") FILTER (WHERE "day" = ${day}::date), 0)::bigint AS "dayNano",
            sum("chargedNano")::bigint AS "monthNano"
          FROM "spend_days"
          WHERE "subject" IN (${Prisma.join([...subjects])})
            AND "day" >= date_trunc('month', ${day}::date)::date AND "day" < (date_trunc('month', ${day}::date) + interval '1 month')::date
          GROUP BY 1`,
      );
      return new Map(rows.map(({ subject, dayNano, monthNano }) => [subject, { dayNano, monthNano }]));
    },
  };
}
