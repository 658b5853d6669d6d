import * as z from "zod/mini";
import { moment, nano, pageOf, pageQuery } from "./common.ts";

const count = z.int().check(z.minimum(1), z.maximum(1_000_000_000));
/** A positive nano-unit amount on the wire; PostgreSQL's bigint holds 18 digits of any kind. */
const budget = z.string().check(z.regex(/^[1-9]\d{0,17}$/, "it must be a positive whole number of nano-units"));
const accessName = z
  .string()
  .check(z.maxLength(129), z.regex(/^[a-z][a-z0-9-]+\/[a-z][a-z0-9.-]+$/, "it must be an access name such as public/qwen3"));

/** What one key may do; null: no bound. */
export const apiKeyLimits = z.strictObject({
  requestsPerMinute: z._default(z.nullable(count), null),
  tokensPerMinute: z._default(z.nullable(count), null),
  /** Calls at once. */
  concurrency: z._default(z.nullable(count), null),
  /** A day and a calendar month, in UTC. */
  budgetDayNano: z._default(z.nullable(budget), null),
  budgetMonthNano: z._default(z.nullable(budget), null),
  allowedModels: z._default(z.nullable(z.array(accessName).check(z.minLength(1), z.maxLength(100))), null),
  /** IP addresses and CIDR ranges. */
  allowedAddresses: z._default(z.nullable(z.array(z.string().check(z.maxLength(64))).check(z.minLength(1), z.maxLength(100))), null),
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
  lastUsedAt: z.nullable(moment),
  expiresAt: z.nullable(moment),
  status: z.enum(apiKeyStatuses),
  disabledAt: z.nullable(moment),
  /** When it stops to work because another has taken its place. */
  graceUntil: z.nullable(moment),
  /** Null also where that key was deleted. */
  replacedBy: z.nullable(otherKey),
  replaces: z.nullable(otherKey),
  limits: apiKeyLimits,
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

/** What one key did lately, on top of what a list says. */
export const apiKeyDetail = z.extend(apiKeyView, {
  /** ISO 4217, of all amounts. */
  currency: z.string(),
  /** Charged on this day and in this calendar month (UTC). */
  spentDayNano: nano,
  spentMonthNano: nano,
  /** The last 24 hours, the most called first; at most ten. */
  recentCalls: z.array(z.object({ accessName: z.string(), calls: z.int(), lastAt: moment })),
  /** Whether only the workspace's latest 50,000 calls were counted. */
  recentCapped: z.boolean(),
});
export type ApiKeyDetail = z.infer<typeof apiKeyDetail>;

export const apiKeySorts = ["created", "name", "lastUsed", "expires"] as const;
export type ApiKeySort = (typeof apiKeySorts)[number];

export const apiKeyListQuery = z.extend(pageQuery, {
  /** Part of a name; with four characters or more also of an id, or of what a masked key shows. */
  search: z._default(z.string().check(z.maxLength(100)), ""),
  status: z.optional(z.enum(apiKeyStatuses)),
  sort: z._default(z.enum(apiKeySorts), "created"),
  order: z._default(z.enum(["asc", "desc"]), "desc"),
});
export const apiKeyList = pageOf(apiKeyView);

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(63));
/** Null: it does not expire. */
const expiresAt = z.nullable(moment);

export const createApiKeyInput = z.strictObject({ name, expiresAt: z._default(expiresAt, null), limits: z.optional(apiKeyLimits) });
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

/** What is left out stays as it is; limits are replaced as a whole. */
export const updateApiKeyInput = z.strictObject({
  name: z.optional(name),
  expiresAt: z.optional(expiresAt),
  limits: z.optional(apiKeyLimits),
});
export type UpdateApiKeyInput = z.input<typeof updateApiKeyInput>;

const dayMinutes = 24 * 60;
export const rotateApiKeyInput = z.strictObject({
  /** How long the old key still works; 0: it ends at once. */
  graceMinutes: z.int().check(z.minimum(0), z.maximum(90 * dayMinutes)),
  /** Of the new key. */
  expiresAt: z._default(expiresAt, null),
});
export type RotateApiKeyInput = z.input<typeof rotateApiKeyInput>;

/** The only answer that ever holds the key itself. */
export const createdApiKey = z.extend(apiKeyView, { key: z.string() });
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
export const callableModelQuery = z.object({ search: z._default(z.string().check(z.maxLength(100)), "") });
export const callableModelList = z.object({ items: z.array(callableModel) });
