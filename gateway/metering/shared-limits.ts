import type { SharedLimits } from "../ports.ts";
import type { Store } from "../snapshot/store.ts";

interface Row {
  subject: string;
  requests: bigint;
  tokens: bigint;
  running: bigint;
}

const text = `SELECT * FROM exchange_limit_use($1, $2, $3, $4, $5)`;

/** What gateways count against limits, shared through the database. */
export function shareLimits(store: Pick<Store, "ask">, gatewayId: string): SharedLimits {
  return {
    async exchange(mine) {
      const column = <Member extends keyof (typeof mine)[number]>(name: Member) => mine.map((use) => use[name]);
      const rows = await store.ask<Row>(text, [gatewayId, column("subject"), column("requests"), column("tokens"), column("running")]);
      return rows.map(({ subject, requests, tokens, running }) => ({
        subject,
        requests: Number(requests),
        tokens: Number(tokens),
        running: Number(running),
      }));
    },
  };
}
