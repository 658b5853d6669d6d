import { parseConfig } from "#lib/config.ts";
import type { Command } from "../cli/command.ts";
import { up } from "./up.ts";

export const upCommand: Command = {
  name: "up",
  summary: "Start PostgreSQL, console, gateway and deployer, and tend them until Ctrl-C",
  usage: "hydra up [--dev] [--gateway-only] [--json]",
  options: {
    "gateway-only": { type: "boolean", says: "Run only the gateway: for each further machine before one database" },
    dev: { type: "boolean", says: "Reload console, gateway and deployer when their sources change" },
    json: { type: "boolean", says: "Print the final block as one line of JSON" },
  },
  run: ({ values, env }) =>
    up(parseConfig(env), { dev: values.dev === true, gatewayOnly: values["gateway-only"] === true, json: values.json === true }),
};
