-- What each gateway counts against the limits of keys and workspaces, so that several keep one limit together. Worth a minute:
-- unlogged, since after a crash of the database nothing older counts any more.
CREATE UNLOGGED TABLE "limit_use" (
  "subject" TEXT NOT NULL,
  "gatewayId" TEXT NOT NULL,
  "requests" INTEGER NOT NULL,
  "tokens" BIGINT NOT NULL,
  "running" INTEGER NOT NULL,
  "updatedAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "limit_use_pkey" PRIMARY KEY ("subject", "gatewayId")
) WITH (fillfactor = 50);

-- Notes what a gateway has counted in the last minute (requests, tokens used, calls open), and returns what all others have.
-- A gateway that is alone notes nothing.
CREATE FUNCTION exchange_limit_use(gateway text, subjects text[], counted integer[], used bigint[], open integer[])
RETURNS TABLE ("subject" text, "requests" bigint, "tokens" bigint, "running" bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  at timestamptz := clock_timestamp();
BEGIN
  IF EXISTS (SELECT FROM "gateways" WHERE "id" <> gateway AND "leaseUntil" > at) THEN
    INSERT INTO "limit_use" AS u ("subject", "gatewayId", "requests", "tokens", "running", "updatedAt")
      SELECT m."subject", gateway, m."requests", m."tokens", m."running", at
      FROM unnest(subjects, counted, used, open) AS m("subject", "requests", "tokens", "running") ORDER BY m."subject"
      ON CONFLICT ("subject", "gatewayId") DO UPDATE SET "requests" = excluded."requests", "tokens" = excluded."tokens",
        "running" = excluded."running", "updatedAt" = excluded."updatedAt";
  END IF;
  -- A row that is not renewed is of a gateway that has ended, or sees no calls: they count for as long as their minute lasts.
  RETURN QUERY SELECT u."subject", sum(u."requests"), sum(u."tokens")::bigint,
      coalesce(sum(u."running") FILTER (WHERE u."updatedAt" > at - interval '5 seconds'), 0)
    FROM "limit_use" u
    WHERE u."subject" = ANY (subjects) AND u."gatewayId" <> gateway AND u."updatedAt" > at - interval '61 seconds'
    GROUP BY 1;
END $$;
