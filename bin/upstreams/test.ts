import type { Obstacle } from "#deployer/drivers/driver.ts";
import { createProber } from "#deployer/drivers/upstream/probe.ts";
import { AppError } from "#lib/errors.ts";
import type { Context } from "#lib/services/context.ts";
import { findUpstream } from "#lib/services/upstreams/find.ts";
import { listUpstreams } from "#lib/services/upstreams/list.ts";
import { asOperator } from "../admin/context.ts";
import type { Command } from "../cli/command.ts";
import { installationSecret } from "../installation/secrets.ts";

const limitMs = 10_000;

interface Tested {
  id: string;
  url: string;
  ok: boolean;
  /** A reason and what it means; empty where it is well. */
  says: string;
  ms: number;
}

export const testUpstreamsCommand: Command = {
  name: "upstreams test",
  summary: "Ask endpoints from this machine whether they answer, take the credential and have the model",
  usage: "hydra upstreams test [<id>] [--json]",
  options: {
    id: { type: "string", value: "<id>", says: "Only this one (default: all)", positional: true },
    json: { type: "boolean", says: "Print the result as JSON" },
  },
  async run({ values, env }) {
    const results = await asOperator(env, async (ctx, config) => testAll(ctx, await installationSecret(config), values.id));
    if (values.json) console.log(JSON.stringify({ items: results }));
    else if (results.length === 0) console.log("There are no upstreams. `hydra upstreams add` makes one.");
    for (const { id, url, ok, says, ms } of values.json ? [] : results) console.log(`${id}  ${url}  ${ok ? `well, ${ms} ms` : says}`);
    return results.every((result) => result.ok) ? 0 : 1;
  },
};

/** The reason's code, as other commands show it, and what it means. */
function sayOf({ reason, data }: Obstacle): string {
  if (data.detail !== undefined) return `${reason}: ${data.detail}`;
  if (reason === "upstream_unauthorized")
    return `${reason}: it refuses the credential; \`hydra upstreams add\` with the same address changes it`;
  if (reason === "upstream_model_missing") return `${reason}: it has no model ${data.model}`;
  return [reason, ...Object.values(data)].join(": ");
}

async function testAll(ctx: Context, secret: string, id: string | boolean | undefined): Promise<Tested[]> {
  const { items } = await listUpstreams({ ctx, input: {} });
  const asked = id === undefined ? items : items.filter((item) => item.id === id);
  if (id !== undefined && asked.length === 0)
    throw new AppError("not_found", "There is no such upstream. `hydra upstreams list` shows those there are.");
  const prober = createProber(limitMs);
  try {
    return await Promise.all(
      asked.map(async ({ id: endpointId, url }) => {
        const endpoint = await findUpstream({ db: ctx.db, secret, id: endpointId });
        const started = performance.now();
        const result = endpoint && (await prober.probe(endpoint));
        const ms = Math.round(performance.now() - started);
        if (result?.ok) return { id: endpointId, url, ok: true, says: "", ms };
        return { id: endpointId, url, ok: false, says: result ? sayOf(result.obstacle) : "it was removed meanwhile", ms };
      }),
    );
  } finally {
    prober.close();
  }
}
