import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readChanges } from "#lib/db/change-log.ts";
import { createTestDatabase, type TestDatabase } from "#test/database.ts";
import { makeCaller, makePublicService } from "#test/gateway-factory.ts";
import { catalogOf } from "./catalog.ts";
import { DatabaseCopy } from "./copy.ts";
import { systemClock } from "./lease.ts";
import { principalsOf } from "./principals.ts";
import { seededRandom } from "./seeded-random.fixture.ts";
import { Tables } from "./tables.ts";
import { randomChange } from "./testing/random-change.ts";
import { expectEqual } from "./testing/truth.ts";

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test.each([11, 12, 13])(
  "a refresh page by page, with changes and reloads between the pages, ends as the database is, seed %i",
  async (seed) => {
    const { db } = database;
    const random = seededRandom(seed);
    const callers = [await makeCaller(db, 0n), await makeCaller(db, 0n), await makeCaller(db, 0n)];
    const { id } = await makePublicService(db, { name: `copy-${seed}`, endpoints: ["http://127.0.0.1:1"] });
    const serviceIds = [id];
    const tables = new Tables();
    const copy = new DatabaseCopy(() => client, tables, systemClock, 2);
    const now = () => copy.now();
    const seen = { principals: principalsOf(tables, () => {}, now), catalog: catalogOf(tables, () => {}, now) };
    const change = async () => {
      await randomChange(db, random, callers, serviceIds)().catch((error: unknown) => expect(String(error)).toMatch(/constraint|unique/i));
    };

    let { versions } = await readChanges(client, null);
    let pages = 0;
    for (let refresh = 0; refresh < 3; refresh++) {
      // The first finds nothing in memory; the others go over what is there, with the log cut off behind them.
      if (refresh > 0) {
        for (let count = 0; count < 6; count++) await change();
        await db.changeLog.deleteMany();
        ({ versions } = await readChanges(client, null));
      }
      for await (const _ of copy.load()) {
        pages += 1;
        if (random() < 0.5) await change();
        if (random() < 0.5) continue;
        const changes = await readChanges(client, versions);
        if (changes.gap) continue;
        copy.setTime(changes.databaseMs, systemClock.monotonic());
        await copy.reload(changes.ids);
        versions = changes.versions;
      }
      const changes = await readChanges(client, versions);
      copy.setTime(changes.databaseMs, systemClock.monotonic());
      // A change may have emptied the log meanwhile; what it held is read again then, as a gateway does.
      if (changes.gap) for await (const _ of copy.load());
      else await copy.reload(changes.ids);
      versions = changes.versions;
      await expectEqual(db, seen, callers);
    }
    expect(pages).toBeGreaterThan(30);
  },
);
