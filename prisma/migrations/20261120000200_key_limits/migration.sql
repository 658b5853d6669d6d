-- What a key may do, and what a workspace may do as a whole. Null: no bound.
ALTER TABLE "api_keys"
  ADD COLUMN "requestsPerMinute" INTEGER,
  ADD COLUMN "tokensPerMinute" INTEGER,
  ADD COLUMN "concurrency" INTEGER,
  ADD COLUMN "budgetDayNano" BIGINT,
  ADD COLUMN "budgetMonthNano" BIGINT,
  ADD COLUMN "allowedModels" TEXT[],
  ADD COLUMN "allowedAddresses" TEXT[];
ALTER TABLE "workspaces"
  ADD COLUMN "requestsPerMinute" INTEGER,
  ADD COLUMN "tokensPerMinute" INTEGER,
  ADD COLUMN "concurrency" INTEGER,
  ADD COLUMN "budgetDayNano" BIGINT,
  ADD COLUMN "budgetMonthNano" BIGINT;

-- A bound of nothing would be a disabled key; a list of nothing could be read as "all".
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_limits" CHECK (
    "requestsPerMinute" > 0 AND "tokensPerMinute" > 0 AND "concurrency" > 0 AND "budgetDayNano" > 0 AND "budgetMonthNano" > 0
  ),
  ADD CONSTRAINT "api_keys_lists" CHECK (cardinality("allowedModels") BETWEEN 1 AND 100 AND cardinality("allowedAddresses") BETWEEN 1 AND 100);
ALTER TABLE "workspaces"
  ADD CONSTRAINT "workspaces_limits" CHECK (
    "requestsPerMinute" > 0 AND "tokensPerMinute" > 0 AND "concurrency" > 0 AND "budgetDayNano" > 0 AND "budgetMonthNano" > 0
  );

-- Generated images are charged each.
ALTER TABLE "usage_records" ADD COLUMN "images" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "usage_records" ADD CONSTRAINT "usage_records_images" CHECK ("images" >= 0);

-- What each key and each workspace was charged on each day (UTC): budgets are counted from a few rows, not from all usage.
CREATE TABLE "spend_days" (
  "subject" TEXT NOT NULL,
  "day" DATE NOT NULL,
  "chargedNano" BIGINT NOT NULL,
  CONSTRAINT "spend_days_pkey" PRIMARY KEY ("subject", "day")
);

CREATE FUNCTION add_spend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- In one order, so that two batches wait for each other but never in a circle.
  INSERT INTO "spend_days" ("subject", "day", "chargedNano")
    SELECT s."subject", (u."startedAt" AT TIME ZONE 'UTC')::date, sum(u."chargeNano")
    FROM "fresh" u CROSS JOIN LATERAL (VALUES (u."workspaceId"), (u."keyId")) s ("subject")
    WHERE u."chargeNano" > 0 AND s."subject" IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT ("subject", "day") DO UPDATE SET "chargedNano" = "spend_days"."chargedNano" + excluded."chargedNano";
  RETURN NULL;
END $$;
CREATE TRIGGER "usage_records_spend" AFTER INSERT ON "usage_records"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION add_spend();

INSERT INTO "spend_days" ("subject", "day", "chargedNano")
  SELECT s."subject", (u."startedAt" AT TIME ZONE 'UTC')::date, sum(u."chargeNano")
  FROM "usage_records" u CROSS JOIN LATERAL (VALUES (u."workspaceId"), (u."keyId")) s ("subject")
  WHERE u."chargeNano" > 0 AND s."subject" IS NOT NULL GROUP BY 1, 2;
