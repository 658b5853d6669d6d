import { z } from "zod";
import type { DbLike } from "#lib/db/client.ts";
import { AppError } from "#lib/errors.ts";
import { newId } from "#lib/ids.ts";
import { parseAmount } from "#lib/money/nano.ts";
import { recordAudit } from "../audit/record.ts";
import { currentHourPrices } from "../catalog/current-prices.ts";
import { type Context, requireOperator } from "../context.ts";
import { tellGateways } from "../revocation/await-gateways.ts";
import { inTransaction } from "../transaction.ts";

const label = z.string().min(1).max(80);
const wordOf = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be a–z, 0–9 and -, as in a host name");
const count = z.number().int();

const instanceType = z
  .strictObject({
    name: wordOf,
    cpuMilli: count.min(1).max(1_000_000),
    /** Bytes, as text beyond what a JSON number holds exactly. */
    memoryBytes: z.coerce.bigint().refine((bytes) => bytes > 0n, "must be above 0"),
    gpuModel: z.string().min(1).max(63).nullable().default(null),
    gpuCount: count.min(0).max(64).default(0),
    parallel: count.min(1).max(4_096),
    /** Price of an hour, in units of the currency. */
    hour: z.string().transform((text, context) => {
      const amount = parseAmount(text);
      if (amount !== null && amount >= 0n) return amount;
      context.addIssue({ code: "custom", message: "must be an amount such as 12.5" });
      return z.NEVER;
    }),
    enabled: z.boolean().default(true),
  })
  .refine((type) => (type.gpuCount === 0) === (type.gpuModel === null), "gpuCount and gpuModel belong together");

/** A region of a cluster, whole: what it is called, where it is, and what can be had there. */
export const regionInput = z.strictObject({
  name: wordOf,
  label: z.strictObject({ en: label, zh: label }),
  enabled: z.boolean().default(true),
  /** As the Kubernetes driver reads them. */
  settings: z.record(z.string(), z.json()).default({}),
  instanceTypes: z.array(instanceType).min(1).max(100),
});
export type RegionInput = z.output<typeof regionInput>;

/**
 * Adds a region on a Kubernetes cluster, or changes the one of that name. Types that are no longer listed are offered no more;
 * what runs on them runs on. A changed price begins now. For operators. Throws `conflict` where the name is another driver's.
 */
export async function setRegion({ ctx, input }: { ctx: Context; input: RegionInput }): Promise<{ regionId: string; added: boolean }> {
  requireOperator(ctx);
  const done = await inTransaction(ctx, async (tx) => {
    const known = await tx.region.findUnique({ where: { name: input.name }, select: { id: true, driver: true } });
    if (known && known.driver !== "kubernetes") {
      throw new AppError("conflict", `The region ${input.name} is not on a cluster (its driver is ${known.driver}). Choose another name.`);
    }
    const id = known?.id ?? newId("reg");
    const region = { labelEn: input.label.en, labelZh: input.label.zh, enabled: input.enabled, settings: input.settings };
    await tx.region.upsert({ where: { id }, update: region, create: { id, name: input.name, driver: "kubernetes", ...region } });
    await setTypes(tx, ctx, id, input.instanceTypes);
    // Settings name places and Secrets, and hold none.
    const data = { name: input.name, settings: input.settings, instanceTypes: input.instanceTypes.map((type) => type.name) };
    await recordAudit(tx, ctx, { action: "region.set", targetType: "region", targetId: id, workspaceId: null, data });
    return { regionId: id, added: !known };
  });
  await tellGateways(ctx.db, "catalog");
  return done;
}

async function setTypes(tx: DbLike, ctx: Context, regionId: string, types: RegionInput["instanceTypes"]): Promise<void> {
  const prices = await currentHourPrices(tx, ctx.now());
  const names = types.map((type) => type.name);
  await tx.instanceType.updateMany({ where: { regionId, name: { notIn: names } }, data: { enabled: false } });
  for (const [sortOrder, { hour, name, ...size }] of types.entries()) {
    const { id } = await tx.instanceType.upsert({
      where: { regionId_name: { regionId, name } },
      update: { ...size, sortOrder },
      create: { id: newId("typ"), regionId, name, ...size, sortOrder },
    });
    if (prices.get(id) === hour) continue;
    await tx.instancePrice.create({ data: { id: newId("prc"), instanceTypeId: id, effectiveFrom: ctx.now(), hourNano: hour } });
  }
}
