import { expect, test } from "vitest";
import { parseConfig } from "#lib/config.ts";
import { childSpecs } from "./child-specs.ts";

test("as many gateways as are asked for run one program, so that they are stopped together; the others follow", () => {
  const specs = (env: Record<string, string>) => childSpecs(parseConfig(env), { dev: false });
  expect(specs({}).map(({ name }) => name)).toEqual(["gateway", "deployer", "console"]);
  const three = specs({ HYDRA_GATEWAY_WORKERS: "3" });
  expect(three.map(({ name }) => name)).toEqual(["gateway", "gateway-2", "gateway-3", "deployer", "console"]);
  expect(new Set(three.slice(0, 3).map(({ args }) => args.join(" "))).size).toBe(1);
});
