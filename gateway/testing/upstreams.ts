import type { AddUpstreamInput } from "#lib/contracts/upstreams.ts";
import { newId } from "#lib/ids.ts";
import { visitor } from "#lib/services/test-context.ts";
import { addUpstream } from "#lib/services/upstreams/add.ts";
import { caughtUp } from "#test/gateway-factory.ts";
import { type Harness, testSecret } from "./harness.ts";

/** A public model of its own that stands on upstreams; returns its slug. */
export async function makeUpstreamModel(
  { database: { db } }: Harness,
  kind: "text_generation" | "embedding" | "image_generation" = "text_generation",
): Promise<string> {
  const { id: _, ...facts } = await db.model.findUniqueOrThrow({ where: { slug: "deepseek-r1" } });
  const id = newId("mdl");
  const slug = `m-${id.slice(-12)}`;
  await db.model.create({ data: { ...facts, id, slug, kind } });
  const price = { inputNano: 100n, cachedInputNano: 20n, outputNano: 200n, imageNano: 1_000n };
  await db.tokenPrice.create({ data: { id: newId("prc"), modelId: id, effectiveFrom: new Date(0), ...price } });
  return slug;
}

/** An endpoint as an operator adds it, whose instance the deployer has found well; returns both ids. */
export async function makeUpstream(
  { database: { db } }: Harness,
  input: Omit<AddUpstreamInput, "upstreamModel"> & { upstreamModel?: string },
  secret: string = testSecret,
): Promise<{ id: string; instanceId: string }> {
  const { upstream } = await addUpstream({
    ctx: { ...visitor(db), cli: true },
    secret,
    input: { upstreamModel: "its-own-name", ...input },
  });
  const { serviceId } = await db.upstreamEndpoint.findUniqueOrThrow({ where: { id: upstream.id } });
  const known = await db.instance.findFirst({ where: { upstreamEndpointId: upstream.id, state: "ready" } });
  const instanceId = known?.id ?? newId("ins");
  if (!known) {
    const ready = { state: "ready", endpoint: upstream.url, token: "never sent to others", readyAt: new Date() } as const;
    await db.instance.create({ data: { id: instanceId, serviceId, upstreamEndpointId: upstream.id, ...ready } });
    await db.modelService.update({ where: { id: serviceId }, data: { state: "running", reason: "" } });
  }
  await caughtUp(db);
  return { id: upstream.id, instanceId };
}
