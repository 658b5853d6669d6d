import { endpointUrl } from "#lib/config.ts";
import type { CallableModel } from "#lib/contracts/api-keys.ts";
import { type Context, requireActor } from "../context.ts";
import { likeText } from "../like-text.ts";

const most = 50;

interface Row {
  accessName: string;
  model: string;
  region: string | null;
  chatReady: boolean;
}

/** What a key of this workspace can be allowed to call: public models first, then its own services; at most 50. */
export async function callableModels({ ctx, input }: { ctx: Context; input: { search: string } }): Promise<{ items: CallableModel[] }> {
  const { workspaceId } = requireActor(ctx);
  const pattern = `%${likeText(input.search.trim().toLowerCase())}%`;
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT w."name" || '/' || s."name" AS "accessName", m."name" AS "model",
      CASE WHEN w."kind" = 'platform' THEN NULL ELSE r."name" END AS "region",
      m."kind" IN ('text_generation', 'image_understanding') AND s."wanted" = 'running'
        AND EXISTS (SELECT 1 FROM "instances" i WHERE i."serviceId" = s."id" AND i."state" = 'ready') AS "chatReady"
    FROM "model_services" s
    JOIN "workspaces" w ON w."id" = s."workspaceId"
    JOIN "models" m ON m."id" = s."modelId"
    JOIN "regions" r ON r."id" = s."regionId"
    WHERE s."deletedAt" IS NULL AND s."wanted" <> 'deleted'
      AND (s."workspaceId" = ${workspaceId} OR (w."kind" = 'platform' AND s."billing" = 'token'))
      AND lower(w."name" || '/' || s."name" || ' ' || m."name") LIKE ${pattern}
    ORDER BY w."kind" = 'platform' DESC, m."sortOrder", s."name" COLLATE "C"
    LIMIT ${most}`;
  return { items: rows.map(({ region, ...row }) => ({ ...row, endpoint: endpointUrl(ctx.config, region) })) };
}
