import type { OfferedContext } from "#lib/contracts/instance-memory.ts";
import type { Prisma } from "#prisma/generated/client.ts";

/** What is read of weights to say whether and how a model can run. */
export const weightsFacts = { format: true, sizeBytes: true, cacheBytesPerToken: true } satisfies Prisma.ModelWeightsSelect;
type WeightsFacts = Prisma.ModelWeightsGetPayload<{ select: typeof weightsFacts }>;

/** What weights take of an instance's memory; null while nobody has read them. */
export function memoryOf(weights: WeightsFacts | null): OfferedContext["weights"] {
  if (!weights || weights.sizeBytes === null || weights.cacheBytesPerToken === null) return null;
  return { bytes: Number(weights.sizeBytes), cacheBytesPerToken: weights.cacheBytesPerToken };
}
