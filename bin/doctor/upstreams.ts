import type { Config } from "#lib/config.ts";
import type { Db } from "#lib/db/client.ts";
import { findUpstream } from "#lib/services/upstreams/find.ts";
import { listUpstreams } from "#lib/services/upstreams/list.ts";
import { installationSecret } from "../installation/secrets.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Endpoints that public models stand on: their credentials can be read, and the deployer has found them well. */
export async function checkUpstreams(db: Db, config: Config): Promise<Finding> {
  const { items } = await listUpstreams({ ctx: { db, now: () => new Date(), config, actor: null, cli: true }, input: {} });
  // Not asked for before it is needed: a new installation makes it then.
  const secret = items.some((item) => item.hasCredential) ? await installationSecret(config) : "";
  const unreadable: string[] = [];
  for (const { id, hasCredential } of items) if (hasCredential && (await findUpstream({ db, secret, id }))?.unreadable) unreadable.push(id);
  if (unreadable.length > 0) {
    const advice = "Set the HYDRA_SECRET they were added with, or remove them and add them again.";
    return fail("upstreams", `credentials that this HYDRA_SECRET cannot read: ${unreadable.join(", ")}`, advice);
  }
  const unwell = items.flatMap(({ id, accessName, state, reason }) =>
    state === "ready" ? [] : [`${id} of ${accessName} (${reason || (state ?? "not taken up yet")})`],
  );
  if (unwell.length > 0) return warn("upstreams", `not well: ${unwell.join(", ")}`, "`hydra upstreams test` says what is wrong with each.");
  return ok("upstreams", `endpoints of others: ${items.length}, all well`);
}
