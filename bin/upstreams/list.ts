import type { UpstreamView } from "#lib/contracts/upstreams.ts";
import { listUpstreams } from "#lib/services/upstreams/list.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";

export const listUpstreamsCommand: Command = {
  name: "upstreams list",
  summary: "List the endpoints that public models stand on, and how they are",
  usage: "hydra upstreams list [--model <slug>] [--json]",
  options: {
    model: { type: "string", value: "<slug>", says: "Only those of this model" },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const input = values.model === undefined ? {} : { model: String(values.model) };
    const { items } = await asOperator(env, (ctx) => listUpstreams({ ctx, input }));
    if (values.json) console.log(JSON.stringify({ items }));
    else console.log(items.length === 0 ? "There are no upstreams. `hydra upstreams add` makes one." : items.map(line).join("\n"));
    return 0;
  },
};

function line(upstream: UpstreamView): string {
  const bounds = [
    `weight ${upstream.weight}`,
    ...(upstream.maxConcurrency === null ? [] : [`at most ${upstream.maxConcurrency} calls at once`]),
    upstream.hasCredential ? "with a credential" : "without a credential",
  ];
  const { detail, model, retryInSeconds } = upstream.reasonData;
  const told = detail ?? model;
  const next = retryInSeconds === undefined ? "" : `, next try in ${retryInSeconds} s`;
  const why = upstream.reason && `${upstream.reason}${told === undefined ? "" : `: ${told}`}${next}`;
  const state = `${upstream.state ?? "not taken up yet"}${why ? ` (${why})` : ""}`;
  return `${upstream.id}  ${upstream.accessName}  ${upstream.url}  ${upstream.upstreamModel}  ${bounds.join(", ")}  ${state}`;
}
