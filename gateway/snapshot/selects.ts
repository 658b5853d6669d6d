const limits = (alias: string) =>
  `${alias}."requestsPerMinute", ${alias}."tokensPerMinute", ${alias}."concurrency", ${alias}."budgetDayNano", ${alias}."budgetMonthNano"`;

/**
 * How each kind of entity is read; the letter is the one that the change log puts before its ids. The order is the one of
 * loading: what others refer to comes first. The first column is the id.
 */
export const selects = {
  w: {
    id: `w."id"`,
    text: `SELECT w."id", w."name", w."kind"::text, ${limits("w")} FROM "workspaces" w WHERE true`,
  },
  u: {
    id: `u."id"`,
    text: `SELECT u."id", ARRAY(SELECT m."workspaceId" FROM "memberships" m WHERE m."userId" = u."id") AS "workspaceIds"
      FROM "users" u WHERE u."status" = 'active'`,
  },
  k: {
    id: `k."id"`,
    // One that another has replaced ends with its grace. LEAST passes over nulls.
    text: `SELECT k."id", k."hash", k."workspaceId", k."userId", LEAST(k."expiresAt", k."graceUntil") AS "expiresAt", ${limits("k")},
        k."allowedModels", k."allowedAddresses"
      FROM "api_keys" k WHERE k."revokedAt" IS NULL AND k."disabledAt" IS NULL`,
  },
  m: {
    id: `m."id"`,
    // As text: JSON's numbers are floating point to whoever reads them.
    text: `SELECT m."id", m."kind"::text, m."contextLength", m."maxOutputTokens", m."sortOrder",
        (SELECT jsonb_agg(jsonb_build_object('id', p."id", 'effectiveFromMs', extract(epoch FROM p."effectiveFrom") * 1000,
          'inputNano', p."inputNano"::text, 'cachedInputNano', p."cachedInputNano"::text, 'outputNano', p."outputNano"::text,
          'imageNano', p."imageNano"::text)) FROM "token_prices" p WHERE p."modelId" = m."id") AS "prices"
      FROM "models" m WHERE true`,
  },
  r: { id: `r."id"`, text: `SELECT r."id", r."name", r."driver"::text FROM "regions" r WHERE true` },
  s: {
    id: `s."id"`,
    // One that is being deleted is gone for callers from the moment it was asked for.
    text: `SELECT s."id", s."workspaceId", s."name", s."modelId", s."regionId", s."billing"::text, s."wanted"::text, s."state"::text,
        s."reason", s."reasonData", s."createdAt",
        (SELECT jsonb_agg(jsonb_build_object('id', i."id", 'endpoint', i."endpoint", 'token', i."token",
            'upstream', CASE WHEN u."id" IS NOT NULL THEN jsonb_build_object('id', u."id", 'url', u."url", 'model', u."upstreamModel",
              'credential', encode(u."credentialCipher", 'base64'), 'weight', u."weight", 'maxConcurrency', u."maxConcurrency") END
          ) ORDER BY i."id")
          FROM "instances" i LEFT JOIN "upstream_endpoints" u ON u."id" = i."upstreamEndpointId"
          WHERE i."serviceId" = s."id" AND i."state" = 'ready' AND coalesce(u."enabled", true)) AS "instances",
        (SELECT min(i."contextLength") FROM "instances" i WHERE i."serviceId" = s."id" AND i."state" = 'ready') AS "contextLength"
      FROM "model_services" s WHERE s."deletedAt" IS NULL AND s."wanted" <> 'deleted'`,
  },
} as const;

export type Letter = keyof typeof selects;
