import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rootDir } from "#lib/config.ts";
import { readRegion } from "./read-region.ts";

const example = join(rootDir, "deploy", "kubernetes", "region.example.json");
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hydra-region-"));
});
afterAll(() => rm(dir, { recursive: true }));

test("the example can be used as it is", async () => {
  const region = await readRegion(example);
  expect(region).toMatchObject({ name: "sh-02", enabled: true, settings: { reach: { kind: "nodePort" } } });
  expect(region.instanceTypes).toHaveLength(2);
  expect(region.instanceTypes[1]).toMatchObject({ gpuCount: 2, memoryBytes: 137_438_953_472n, hour: 56_000_000_000n });
});

interface Region extends Record<string, unknown> {
  instanceTypes: object[];
}

const wrong: [string, (region: Region) => Partial<Region>][] = [
  ["reach.kind: ", () => ({ settings: { reach: { kind: "tunnel" } } })],
  [
    "instanceTypes.0: gpuCount and gpuModel belong together",
    ({ instanceTypes: [one] }) => ({ instanceTypes: [{ ...one, gpuModel: null }] }),
  ],
  ["instanceTypes.0.hour: must be an amount", ({ instanceTypes: [one] }) => ({ instanceTypes: [{ ...one, hour: "-1" }] })],
  ["name: must be", () => ({ name: "Not a host name" })],
  ["file: Unrecognized key", () => ({ driver: "local" })],
];
test.each(wrong)("what is wrong is named: %s", async (message, change) => {
  const region = JSON.parse(await readFile(example, "utf8"));
  const file = join(dir, "region.json");
  await writeFile(file, JSON.stringify({ ...region, ...change(region) }));
  await expect(readRegion(file)).rejects.toThrow(message);
});

test("a file that is not there, or no JSON, is named", async () => {
  await expect(readRegion(join(dir, "none.json"))).rejects.toThrow("none.json: ENOENT");
  const file = join(dir, "broken.json");
  await writeFile(file, "{");
  await expect(readRegion(file)).rejects.toThrow("broken.json: ");
});
