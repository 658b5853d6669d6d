import { parseConfig } from "#lib/config.ts";
import type { Command } from "../cli/command.ts";
import { up } from "./up.ts";

export const upCommand: Command = {
  name: "up",
  summary: "Start PostgreSQL, console, gateway and deployer, and tend them until Ctrl-C",
  usage: "hydra up [--dev] [--json]",
  options: {
    dev: { type: "boolean", says: "Reload console, gateway and deployer when their sources change" },
    json: { type: "boolean", says: "Print the final block as one line of JSON" },
  },
  run: ({ values, env }) => up(parseConfig(env), { dev: values.dev === true, json: values.json === true }),
};
