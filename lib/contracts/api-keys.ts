import { z } from "zod";
import { moment, nano, pageOf, pageQuery } from "./common.ts";

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

/** `retiring`: another key has taken its place, and it works until its grace ends. */
export const apiKeyStatuses = ["active", "retiring", "disabled", "expired"] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

/** The other key of a rotation. */
const otherKey = z.object({ id: z.string(), masked: z.string() });

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** `sk-hy-Ab12…wXyz`. */
  masked: z.string(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  expiresAt: moment.nullable(),
  status: z.enum(apiKeyStatuses),
  disabledAt: moment.nullable(),
  /** When it stops to work because another has taken its place. */
  graceUntil: moment.nullable(),
  /** Null also where that key was deleted. */
  replacedBy: otherKey.nullable(),
  replaces: otherKey.nullable(),
  limits: apiKeyLimits,
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

/** What one key did lately, on top of what a list says. */
export const apiKeyDetail = apiKeyView.extend({
  /** ISO 4217, of all amounts. */
  currency: z.string(),
  /** Charged on this day and in this calendar month (UTC). */
  spentDayNano: nano,
  spentMonthNano: nano,
  /** The last 24 hours, the most called first; at most ten. */
  recentCalls: z.array(z.object({ accessName: z.string(), calls: z.number().int(), lastAt: moment })),
  /** Whether only the workspace's latest 50,000 calls were counted. */
  recentCapped: z.boolean(),
});
export type ApiKeyDetail = z.infer<typeof apiKeyDetail>;

export const apiKeySorts = ["created", "name", "lastUsed", "expires"] as const;
export type ApiKeySort = (typeof apiKeySorts)[number];

export const apiKeyListQuery = pageQuery.extend({
  /** Part of a name; with four characters or more also of an id, or of what a masked key shows. */
  search: z.string().max(100).default(""),
  status: z.enum(apiKeyStatuses).optional(),
  sort: z.enum(apiKeySorts).default("created"),
  order: z.enum(["asc", "desc"]).default("desc"),
});
export const apiKeyList = pageOf(apiKeyView);

const name = z.string().trim().min(1).max(63);
/** Null: it does not expire. */
const expiresAt = moment.nullable();

export const createApiKeyInput = z.strictObject({ name, expiresAt: expiresAt.default(null), limits: apiKeyLimits.optional() });
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

/** What is left out stays as it is; limits are replaced as a whole. */
export const updateApiKeyInput = z.strictObject({
  name: name.optional(),
  expiresAt: expiresAt.optional(),
  limits: apiKeyLimits.optional(),
});
export type UpdateApiKeyInput = z.input<typeof updateApiKeyInput>;

const dayMinutes = 24 * 60;
export const rotateApiKeyInput = z.strictObject({
  /** How long the old key still works; 0: it ends at once. */
  graceMinutes: z
    .number()
    .int()
    .min(0)
    .max(90 * dayMinutes),
  /** Of the new key. */
  expiresAt: expiresAt.default(null),
});
export type RotateApiKeyInput = z.input<typeof rotateApiKeyInput>;

/** The only answer that ever holds the key itself. */
export const createdApiKey = apiKeyView.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKey>;

/** What a key of this workspace can be allowed to call. */
export const callableModel = z.object({
  accessName: z.string(),
  /** The model behind it. */
  model: z.string(),
  /** Base address for calls, ending in `/v1`. */
  endpoint: z.string(),
  /** Whether a chat with it is answered now. */
  chatReady: z.boolean(),
});
export type CallableModel = z.infer<typeof callableModel>;
export const callableModelQuery = z.object({ search: z.string().max(100).default("") });
export const callableModelList = z.object({ items: z.array(callableModel) });
