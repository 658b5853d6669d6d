import type { Spend, Spent } from "../ports.ts";
import type { Store } from "../snapshot/store.ts";

const spentText = `
  SELECT "subject", coalesce(sum("chargedNano") FILTER (WHERE "day" = $2::date), 0)::bigint AS "dayNano",
    sum("chargedNano")::bigint AS "monthNano"
  FROM "spend_days"
  WHERE "subject" = ANY($1)
    AND "day" >= date_trunc('month', $2::date)::date AND "day" < (date_trunc('month', $2::date) + interval '1 month')::date
  GROUP BY 1`;

/** What keys and workspaces were charged, from the rows that the database keeps by day. */
export function readSpend(store: Pick<Store, "ask">): Spend {
  return {
    async read(subjects, day) {
      if (subjects.length === 0) return new Map();
      const rows = await store.ask<{ subject: string } & Spent>(spentText, [
        [...subjects],
        // As text: the driver would write a Date in this machine's time zone.
        day.toISOString().slice(0, 10),
      ]);
      return new Map(rows.map(({ subject, dayNano, monthNano }) => [subject, { dayNano, monthNano }]));
    },
  };
}
