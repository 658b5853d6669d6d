import { z } from "zod";
import { moment, pageOf, pageQuery } from "./common.ts";

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** `sk-hy-Ab12…wXyz`. */
  masked: z.string(),
  createdAt: moment,
  lastUsedAt: moment.nullable(),
  expiresAt: moment.nullable(),
  status: z.enum(["active", "expired"]),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

export const apiKeyListQuery = pageQuery.extend({ search: z.string().max(100).default("") });
export const apiKeyList = pageOf(apiKeyView);

export const createApiKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(63),
  /** Null: it does not expire. */
  expiresAt: moment.nullable().default(null),
});
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;

/** The only answer that ever holds the key itself. */
export const createdApiKey = apiKeyView.extend({ key: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
