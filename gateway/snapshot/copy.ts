import type pg from "pg";
import type { Copy } from "./follower.ts";
import type { Clock } from "./lease.ts";
import { type Letter, selects } from "./selects.ts";
import type { Table } from "./table.ts";
import type { Tables } from "./tables.ts";

/** Rows read and applied without a pause for calls in between. */
const usualPageSize = 1_000;
const letters = Object.keys(selects) as Letter[];

type AnyTable = Table<never> & { put(row: unknown, stamp: number): void };

/** Fills the tables from the database. */
export class DatabaseCopy implements Copy {
  readonly #client: () => pg.ClientBase;
  readonly #clock: Clock;
  readonly #pageSize: number;
  readonly #tables: Record<Letter, AnyTable>;
  #stamp = 0;
  #aheadMs = 0;

  constructor(client: () => pg.ClientBase, tables: Tables, clock: Clock, pageSize = usualPageSize) {
    this.#pageSize = pageSize;
    this.#client = client;
    this.#clock = clock;
    const { workspaces, users, keys, models, regions, services } = tables;
    this.#tables = { w: workspaces, u: users, k: keys, m: models, r: regions, s: services } as Record<Letter, AnyTable>;
  }

  /** The database's time in milliseconds since the epoch, by our monotonic clock since it was last read. */
  now(): number {
    return this.#clock.monotonic() + this.#aheadMs;
  }

  setTime(databaseMs: number, monotonicMs: number): void {
    this.#aheadMs = databaseMs - monotonicMs;
  }

  async *load(): AsyncGenerator<void, void> {
    this.#stamp += 1;
    const stamp = this.#stamp;
    for (const letter of letters) {
      let last = "";
      for (;;) {
        const rows = await this.#read(letter, `> $1 ORDER BY 1 LIMIT ${this.#pageSize}`, last);
        for (const row of rows) this.#tables[letter].put(row, stamp);
        const end = rows.at(-1);
        if (!end || rows.length < this.#pageSize) break;
        last = end.id;
        yield;
      }
    }
    for (const letter of letters) this.#tables[letter].sweep(stamp);
  }

  async reload(ids: string[]): Promise<void> {
    const changes: { letter: Letter; asked: string[]; rows: { id: string }[] }[] = [];
    for (const letter of letters) {
      const wanted = ids.filter((id) => id.startsWith(`${letter}:`)).map((id) => id.slice(2));
      for (let at = 0; at < wanted.length; at += this.#pageSize) {
        const asked = wanted.slice(at, at + this.#pageSize);
        changes.push({ letter, asked, rows: await this.#read(letter, "= ANY($1)", asked) });
      }
    }
    // In one go: what was changed together is never seen apart.
    for (const { letter, asked, rows } of changes) {
      const found = new Set(rows.map((row) => row.id));
      for (const id of asked) if (!found.has(id)) this.#tables[letter].remove(id);
      for (const row of rows) this.#tables[letter].put(row, this.#stamp);
    }
  }

  async #read(letter: Letter, condition: string, value: string | string[]): Promise<{ id: string }[]> {
    const { text, id } = selects[letter];
    const { rows } = await this.#client().query<{ id: string }>(`${text} AND ${id} ${condition}`, [value]);
    return rows;
  }
}
