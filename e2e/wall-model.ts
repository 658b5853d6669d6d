import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import pg from "pg";
import { startWall, type Wall } from "../test/wall/wall.ts";
import { expect, type Installation } from "./fixtures.ts";
import { databaseUrl } from "./installation-database.ts";

const rootDir = join(import.meta.dirname, "..");

/** A public model of the catalog that a scripted upstream answers for. */
export interface WallModel {
  wall: Wall;
  accessName: string;
  /** Takes the upstream away again; other tests see the catalog as it was. */
  close(): Promise<void>;
}

/** Offers `slug` through a scripted upstream of the test's own, as an operator offers one through somebody's engine. */
export async function offerWallModel(installation: Pick<Installation, "dataDir">, slug: string): Promise<WallModel> {
  const wall = await startWall();
  wall.access.models = ["wall"];
  const added = await hydra(installation, [
    ...["upstreams", "add", "--model", slug, "--url", wall.url, "--upstream-model", "wall"],
    ...["--no-credential", "--probe-path", "none", "--json"],
  ]);
  const { upstream } = JSON.parse(added) as { upstream: { id: string } };
  return {
    wall,
    accessName: `public/${slug}`,
    async close() {
      await hydra(installation, ["upstreams", "remove", upstream.id]);
      await wall.close();
    },
  };
}

/** Puts a model of the test's own into the catalog, as another kind of `deepseek-r1` and at other prices; offers it. */
export async function offerNewModel(
  installation: Pick<Installation, "dataDir">,
  { slug, kind, prices }: { slug: string; kind: "text_generation" | "image_generation"; prices: string[] },
): Promise<WallModel> {
  const database = new pg.Client({ connectionString: await databaseUrl(installation) });
  await database.connect();
  await database.query(
    `INSERT INTO "models" SELECT (jsonb_populate_record(m, jsonb_build_object('id', 'mdl_' || $1::text, 'slug', $1::text, 'name', $1::text, 'kind', $2::text))).*
     FROM "models" m WHERE m."slug" = 'deepseek-r1'
     ON CONFLICT ("id") DO UPDATE SET "deletedAt" = NULL`,
    [slug, kind],
  );
  await hydra(installation, ["admin", "set-price", "--model", slug, ...prices]);
  const model = await offerWallModel(installation, slug);
  return {
    ...model,
    async close() {
      await model.close();
      await database.query(`UPDATE "models" SET "deletedAt" = now() WHERE "slug" = $1`, [slug]);
      await database.end();
    },
  };
}

/** Waits until the model can be tried. */
export async function untilOffered(page: Page, accessName: string): Promise<void> {
  const unavailable = async () => {
    const { items } = (await (await page.request.get("/api/models")).json()) as {
      items: { accessName: string; tryUnavailable: string | null }[];
    };
    return items.find((model) => model.accessName === accessName)?.tryUnavailable;
  };
  await expect.poll(unavailable, { timeout: 30_000 }).toBeNull();
}

/** Runs the `hydra` command on the installation under test. */
export async function hydra({ dataDir }: Pick<Installation, "dataDir">, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", "bin/hydra.ts", ...args], {
    cwd: rootDir,
    env: { ...process.env, HYDRA_DATA_DIR: dataDir },
  });
  return stdout;
}
