import { setRegion } from "#lib/services/regions/set-region.ts";
import type { Command } from "../cli/command.ts";
import { asOperator } from "./context.ts";
import { readRegion } from "./read-region.ts";

export const setRegionCommand: Command = {
  name: "admin set-region",
  summary: "Add a region on a Kubernetes cluster, or change it",
  usage: "hydra admin set-region <file> [--json]",
  options: {
    file: {
      type: "string",
      value: "<file>",
      says: "JSON, as deploy/kubernetes/region.example.json",
      required: true,
      positional: true,
    },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const input = await readRegion(String(values.file));
    const done = await asOperator(env, (ctx) => setRegion({ ctx, input }));
    if (values.json) console.log(JSON.stringify(done));
    else console.log(`${done.added ? "Added" : "Changed"} the region ${input.name}. \`hydra doctor\` says whether its cluster answers.`);
    return 0;
  },
};
