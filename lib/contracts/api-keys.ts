import { z } from "zod";
import { moment, pageOf, pageQuery } from "./common.ts";

const count = z.number().int().min(1).max(1_000_000_000);
/** A positive nano-unit amount on the wire; PostgreSQL's bigint holds 18 digits of any kind. */
const budget = z.string().regex(/^[1-9]\d{0,17}$/, "it must be a positive whole number of nano-units");
const accessName = z
  .string()
  .max(129)
  .regex(/^[a-z][a-z0-9-]+\/[a-z][a-z0-9.-]+$/, "it must be an access name such as public/qwen3");

/** What one key may do; null: no bound. */
export const apiKeyLimits = z.strictObject({
  requestsPerMinute: count.nullable().default(null),
  tokensPerMinute: count.nullable().default(null),
  /** Calls at once. */
  concurrency: count.nullable().default(null),
  /** A day and a calendar month, in UTC. */
  budgetDayNano: budget.nullable().default(null),
  budgetMonthNano: budget.nullable().default(null),
  allowedModels: z.array(accessName).min(1).max(100).nullable().default(null),
  /** IP addresses and CIDR ranges. */
  allowedAddresses: z.array(z.string().max(64)).min(1).max(100).nullable().default(null),
});
export type ApiKeyLimits = z.infer<typeof apiKeyLimits>;

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** `sk-hy-Ab12…wXyz`. */
  masked: z.string(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  expiresAt: moment.nullable(),
  status: z.enum(["active", "expired"]),
  limits: apiKeyLimits,
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

export const apiKeyListQuery = pageQuery.extend({ search: z.string().max(100).default("") });
export const apiKeyList = pageOf(apiKeyView);

export const createApiKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(63),
  /** Null: it does not expire. */
  expiresAt: moment.nullable().default(null),
  limits: apiKeyLimits.optional(),
});
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

/** The only answer that ever holds the key itself. */
export const createdApiKey = apiKeyView.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
