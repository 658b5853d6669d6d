import { removeUpstream } from "#lib/services/upstreams/remove.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";

export const removeUpstreamCommand: Command = {
  name: "upstreams remove",
  summary: "Send an endpoint no more calls and forget its credential; with its last one a public model stops",
  usage: "hydra upstreams remove <id> [--json]",
  options: {
    id: { type: "string", value: "<id>", says: "As `hydra upstreams list` shows it", required: true, positional: true },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const id = String(values.id);
    await asOperator(env, (ctx) => removeUpstream({ ctx, input: { id } }));
    console.log(values.json ? JSON.stringify({ removed: id }) : `Removed ${id}. No gateway sends it another call.`);
    return 0;
  },
};
