import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { startWall, type Wall } from "../test/wall/wall.ts";
import { expect, type Installation } from "./fixtures.ts";

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

async function hydra({ dataDir }: Pick<Installation, "dataDir">, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", "bin/hydra.ts", ...args], {
    cwd: rootDir,
    env: { ...process.env, HYDRA_DATA_DIR: dataDir },
  });
  return stdout;
}
