import { defineRoute } from "#app/_server/define-route.ts";

/** Alive and able to read the database. */
export const GET = defineRoute({
  scope: "public",
  handle: async ({ ctx }) => {
    await ctx.db.$queryRaw`SELECT 1`;
    return { status: "ok" };
  },
});
