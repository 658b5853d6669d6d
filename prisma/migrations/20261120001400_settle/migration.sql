-- What a settled call costs the database: foreign keys of usage were checked row by row, and each row came as JSON with 25 names.

-- Usage names a workspace, a key, a service, a model and a price. What foreign keys said of them holds on: a parent must be there
-- when usage comes, and stays while usage names it. It is checked once a statement, over the distinct parents.
ALTER TABLE "usage_records"
  DROP CONSTRAINT "usage_records_workspaceId_fkey",
  DROP CONSTRAINT "usage_records_keyId_fkey",
  DROP CONSTRAINT "usage_records_serviceId_fkey",
  DROP CONSTRAINT "usage_records_modelId_fkey",
  DROP CONSTRAINT "usage_records_tokenPriceId_fkey";

CREATE FUNCTION refuse_missing(parent text, name text, ids text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
  EXECUTE format('SELECT min(i."id") FROM unnest($1) AS i("id") WHERE NOT EXISTS (SELECT FROM %I p WHERE p."id" = i."id")', parent)
    INTO missing USING ids;
  RAISE EXCEPTION 'usage names % %, which is not in %', name, missing, parent
    USING ERRCODE = 'foreign_key_violation', TABLE = 'usage_records', COLUMN = name;
END $$;

-- Takes in the usage of one statement: counts what it spent, and holds its parents until the transaction ends, as a foreign key
-- does. In one order each, so that two batches wait for each other but never in a circle.
CREATE FUNCTION take_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  workspace_ids text[];
  key_ids text[];
  service_ids text[];
  model_ids text[];
  price_ids text[];
  found_count integer;
BEGIN
  WITH calls AS MATERIALIZED (
    SELECT "workspaceId", "keyId", "serviceId", "modelId", "tokenPriceId", ("startedAt" AT TIME ZONE 'UTC')::date AS "day",
      sum("chargeNano")::bigint AS "charge"
    FROM "fresh" GROUP BY 1, 2, 3, 4, 5, 6
  ), spent AS (
    INSERT INTO "spend_days" ("subject", "day", "chargedNano")
    SELECT s."subject", c."day", sum(c."charge")
    FROM calls c CROSS JOIN LATERAL (VALUES (c."workspaceId"), (c."keyId")) s ("subject")
    WHERE c."charge" > 0 AND s."subject" IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT ("subject", "day") DO UPDATE SET "chargedNano" = "spend_days"."chargedNano" + excluded."chargedNano"
  )
  SELECT array_agg(DISTINCT "workspaceId"), array_agg(DISTINCT "keyId") FILTER (WHERE "keyId" IS NOT NULL),
    array_agg(DISTINCT "serviceId"), array_agg(DISTINCT "modelId"),
    array_agg(DISTINCT "tokenPriceId") FILTER (WHERE "tokenPriceId" IS NOT NULL)
  INTO workspace_ids, key_ids, service_ids, model_ids, price_ids FROM calls;

  PERFORM FROM "workspaces" WHERE "id" = ANY (workspace_ids) ORDER BY "id" FOR KEY SHARE;
  GET DIAGNOSTICS found_count = ROW_COUNT;
  IF found_count < cardinality(workspace_ids) THEN PERFORM refuse_missing('workspaces', 'workspaceId', workspace_ids); END IF;
  PERFORM FROM "api_keys" WHERE "id" = ANY (key_ids) ORDER BY "id" FOR KEY SHARE;
  GET DIAGNOSTICS found_count = ROW_COUNT;
  IF found_count < cardinality(key_ids) THEN PERFORM refuse_missing('api_keys', 'keyId', key_ids); END IF;
  PERFORM FROM "model_services" WHERE "id" = ANY (service_ids) ORDER BY "id" FOR KEY SHARE;
  GET DIAGNOSTICS found_count = ROW_COUNT;
  IF found_count < cardinality(service_ids) THEN PERFORM refuse_missing('model_services', 'serviceId', service_ids); END IF;
  PERFORM FROM "models" WHERE "id" = ANY (model_ids) ORDER BY "id" FOR KEY SHARE;
  GET DIAGNOSTICS found_count = ROW_COUNT;
  IF found_count < cardinality(model_ids) THEN PERFORM refuse_missing('models', 'modelId', model_ids); END IF;
  PERFORM FROM "token_prices" WHERE "id" = ANY (price_ids) ORDER BY "id" FOR KEY SHARE;
  GET DIAGNOSTICS found_count = ROW_COUNT;
  IF found_count < cardinality(price_ids) THEN PERFORM refuse_missing('token_prices', 'tokenPriceId', price_ids); END IF;
  RETURN NULL;
END $$;
DROP TRIGGER "usage_records_spend" ON "usage_records";
DROP FUNCTION add_spend();
CREATE TRIGGER "usage_records_taken" AFTER INSERT ON "usage_records"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION take_usage();

-- The other side. The row is locked by then: whoever was adding usage of it has ended, and whoever comes now waits and misses it.
CREATE FUNCTION refuse_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE used boolean;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    RAISE EXCEPTION '% cannot be truncated: usage names its rows', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND NEW."id" = OLD."id" THEN RETURN NEW; END IF;
  -- Under another isolation the question below would be put to an old snapshot, and miss usage that has come since.
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'delete % in a transaction of isolation READ COMMITTED: usage may name its rows', TG_TABLE_NAME
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM "usage_records" WHERE %I = $1)', TG_ARGV[0]) INTO used USING OLD."id";
  IF used THEN
    RAISE EXCEPTION '% % stays as it is: usage names it (%)', TG_TABLE_NAME, OLD."id", TG_ARGV[0]
      USING ERRCODE = 'foreign_key_violation', TABLE = 'usage_records', COLUMN = TG_ARGV[0];
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER "workspaces_used" BEFORE DELETE OR UPDATE OF "id" ON "workspaces"
  FOR EACH ROW EXECUTE FUNCTION refuse_used('workspaceId');
CREATE TRIGGER "workspaces_no_truncate" BEFORE TRUNCATE ON "workspaces" EXECUTE FUNCTION refuse_used();
CREATE TRIGGER "api_keys_used" BEFORE DELETE OR UPDATE OF "id" ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION refuse_used('keyId');
CREATE TRIGGER "api_keys_no_truncate" BEFORE TRUNCATE ON "api_keys" EXECUTE FUNCTION refuse_used();
CREATE TRIGGER "model_services_used" BEFORE DELETE OR UPDATE OF "id" ON "model_services"
  FOR EACH ROW EXECUTE FUNCTION refuse_used('serviceId');
CREATE TRIGGER "model_services_no_truncate" BEFORE TRUNCATE ON "model_services" EXECUTE FUNCTION refuse_used();
CREATE TRIGGER "models_used" BEFORE DELETE OR UPDATE OF "id" ON "models"
  FOR EACH ROW EXECUTE FUNCTION refuse_used('modelId');
CREATE TRIGGER "models_no_truncate" BEFORE TRUNCATE ON "models" EXECUTE FUNCTION refuse_used();
CREATE TRIGGER "token_prices_used" BEFORE DELETE OR UPDATE OF "id" ON "token_prices"
  FOR EACH ROW EXECUTE FUNCTION refuse_used('tokenPriceId');
CREATE TRIGGER "token_prices_no_truncate" BEFORE TRUNCATE ON "token_prices" EXECUTE FUNCTION refuse_used();

-- A batch is what many of its calls have in common, each once, and a line a call that says which of those (1 is the first) it has.
-- Arrays of such rows cost PostgreSQL a tenth of reading JSON. gateway/metering/usage-batch.ts writes them, in this order of columns.
CREATE TYPE "usage_party" AS (
    "workspaceId" TEXT,
    "userId" TEXT,
    "keyId" TEXT,
    "serviceId" TEXT,
    "instanceId" TEXT,
    "modelId" TEXT,
    "accessName" TEXT,
    "route" TEXT,
    "streamed" BOOLEAN,
    "outcome" "UsageOutcome",
    "status" INTEGER,
    "errorCode" TEXT,
    "source" "UsageSource",
    "tokenPriceId" TEXT
);
CREATE TYPE "usage_line" AS (
    "requestId" TEXT,
    "party" INTEGER,
    "inputTokens" INTEGER,
    "cachedTokens" INTEGER,
    "outputTokens" INTEGER,
    "reasoningTokens" INTEGER,
    "images" INTEGER,
    "costNano" BIGINT,
    "chargeNano" BIGINT,
    "startedAt" TIMESTAMPTZ,
    "firstTokenMs" INTEGER,
    "durationMs" INTEGER
);

-- Makes a lease large enough for one row's charge, as far as the wallet goes; returns the largest charge that is covered.
CREATE FUNCTION cover_charge(gateway text, workspace text, request text, wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  available bigint;
  leased bigint;
  missing bigint;
BEGIN
  IF wanted = 0 OR EXISTS (SELECT FROM "usage_records" WHERE "requestId" = request) THEN RETURN wanted; END IF;
  SELECT "balanceNano" + "creditLineNano" - "leasedNano" INTO available FROM "ledger_accounts"
    WHERE "kind" = 'wallet' AND "workspaceId" = workspace FOR UPDATE;
  IF available IS NULL THEN RETURN 0; END IF;
  SELECT coalesce(max("amountNano"), 0) INTO leased FROM "credit_leases" WHERE "gatewayId" = gateway AND "workspaceId" = workspace;
  missing := least(wanted - leased, available);
  IF missing > 0 THEN
    UPDATE "ledger_accounts" SET "leasedNano" = "leasedNano" + missing WHERE "kind" = 'wallet' AND "workspaceId" = workspace;
    INSERT INTO "credit_leases" ("gatewayId", "workspaceId", "amountNano") VALUES (gateway, workspace, missing)
      ON CONFLICT ("gatewayId", "workspaceId") DO UPDATE SET "amountNano" = "credit_leases"."amountNano" + missing;
    leased := leased + missing;
  END IF;
  RETURN least(wanted, leased);
END $$;

-- One batch of usage, whole or not at all. Where a lease holds less than its charges it fails with HY001; with `short` a batch of
-- one then charges what there is.
CREATE FUNCTION settle_usage(gateway text, parties "usage_party"[], lines "usage_line"[], short boolean)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  transaction_id bigint := nextval('"ledger_transactions_id_seq"');
  cap bigint := NULL;
  fresh_count integer;
  owners text[];
  charges bigint[];
  first_request text;
  digest bytea;
  cost_sum bigint;
  charge_sum bigint;
  touched integer;
BEGIN
  IF short THEN
    cap := cover_charge(gateway, parties[lines[1]."party"]."workspaceId", lines[1]."requestId", lines[1]."chargeNano");
  END IF;
  WITH fresh AS (
    INSERT INTO "usage_records" (
      "requestId", "workspaceId", "userId", "keyId", "serviceId", "instanceId", "modelId", "accessName", "route", "streamed",
      "outcome", "status", "errorCode", "source", "inputTokens", "cachedTokens", "outputTokens", "reasoningTokens", "images",
      "tokenPriceId", "costNano", "chargeNano", "startedAt", "firstTokenMs", "durationMs", "ledgerTransactionId"
    )
    SELECT l."requestId", p."workspaceId", p."userId", p."keyId", p."serviceId", p."instanceId", p."modelId", p."accessName", p."route",
      p."streamed", p."outcome", p."status", p."errorCode", p."source", l."inputTokens", l."cachedTokens", l."outputTokens",
      l."reasoningTokens", l."images", p."tokenPriceId", l."costNano", least(l."chargeNano", cap), l."startedAt", l."firstTokenMs",
      l."durationMs", CASE WHEN l."costNano" > 0 THEN transaction_id END
    -- A line without its party fails the whole batch (a null workspace) instead of being left out.
    FROM unnest(lines) AS l LEFT JOIN unnest(parties) WITH ORDINALITY AS p ON p."ordinality" = l."party"
    -- In one order, so that two that bring the same rows wait for each other but never in a circle.
    ORDER BY l."requestId" COLLATE "C"
    ON CONFLICT ("requestId") DO NOTHING
    RETURNING "requestId", "workspaceId", "costNano", "chargeNano"
  ), per_wallet AS (
    SELECT "workspaceId", sum("chargeNano")::bigint AS "charge" FROM fresh GROUP BY 1 HAVING sum("chargeNano") > 0
  )
  SELECT count(*), coalesce(sum("costNano"), 0), coalesce(sum("chargeNano"), 0), min("requestId") FILTER (WHERE "costNano" > 0),
    sha256(convert_to(coalesce(string_agg(
      concat_ws(' ', "requestId", "workspaceId", "costNano", "chargeNano"), E'\n' ORDER BY "requestId" COLLATE "C"
    ) FILTER (WHERE "costNano" > 0), ''), 'UTF8')),
    (SELECT array_agg("workspaceId" ORDER BY "workspaceId") FROM per_wallet),
    (SELECT array_agg("charge" ORDER BY "workspaceId") FROM per_wallet)
  INTO fresh_count, cost_sum, charge_sum, first_request, digest, owners, charges FROM fresh;
  IF cost_sum = 0 THEN RETURN fresh_count; END IF;

  PERFORM FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "workspaceId" = ANY(owners) ORDER BY "id" FOR UPDATE;
  UPDATE "credit_leases" l SET "amountNano" = l."amountNano" - c."charge", "updatedAt" = clock_timestamp()
    FROM unnest(owners, charges) AS c("workspaceId", "charge")
    WHERE l."gatewayId" = gateway AND l."workspaceId" = c."workspaceId" AND l."amountNano" >= c."charge";
  GET DIAGNOSTICS touched = ROW_COUNT;
  IF touched < coalesce(cardinality(owners), 0) THEN
    RAISE EXCEPTION 'a lease is smaller than its charges' USING ERRCODE = 'HY001';
  END IF;
  -- Before the entries, which lower the balances: the room for them must be there.
  UPDATE "ledger_accounts" a SET "leasedNano" = a."leasedNano" - c."charge"
    FROM unnest(owners, charges) AS c("workspaceId", "charge") WHERE a."kind" = 'wallet' AND a."workspaceId" = c."workspaceId";

  INSERT INTO "ledger_transactions" ("id", "kind", "idempotencyKey", "memo", "usageDigest", "createdAt")
    VALUES (transaction_id, 'usage', 'usage:' || first_request, fresh_count || ' calls', digest, clock_timestamp());
  INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano")
    SELECT transaction_id, a."id", -c."charge" FROM unnest(owners, charges) AS c("workspaceId", "charge")
    JOIN "ledger_accounts" a ON a."kind" = 'wallet' AND a."workspaceId" = c."workspaceId" ORDER BY a."id";
  -- Everybody's calls meet in these rows; they come last, so that they are locked for the shortest time.
  INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano")
    SELECT transaction_id, a."id", CASE a."kind" WHEN 'loss' THEN charge_sum - cost_sum ELSE cost_sum END FROM "ledger_accounts" a
    WHERE a."kind" = 'revenue' OR (a."kind" = 'loss' AND cost_sum > charge_sum) ORDER BY a."id";
  RETURN fresh_count;
END $$;

-- The same for a gateway of the version before, which sends rows as JSON and may run on while the database is already migrated;
-- it reads them as it always did, each with a party of its own.
CREATE OR REPLACE FUNCTION settle_usage(gateway text, batch json, short boolean) RETURNS integer LANGUAGE sql AS $$
  SELECT settle_usage(
    gateway,
    array_agg((
      r."workspaceId", r."userId", r."keyId", r."serviceId", r."instanceId", r."modelId", r."accessName", r."route", r."streamed",
      r."outcome", r."status", r."errorCode", r."source", r."tokenPriceId"
    )::"usage_party" ORDER BY r."ordinality"),
    array_agg((
      r."requestId", r."ordinality", r."inputTokens", r."cachedTokens", r."outputTokens", r."reasoningTokens", r."images",
      r."costNano", r."chargeNano", r."startedAt", r."firstTokenMs", r."durationMs"
    )::"usage_line" ORDER BY r."ordinality"),
    short
  )
  FROM ROWS FROM (json_to_recordset(batch) AS (
    "requestId" text, "workspaceId" text, "userId" text, "keyId" text, "serviceId" text, "instanceId" text, "modelId" text,
    "accessName" text, "route" text, "streamed" boolean, "outcome" "UsageOutcome", "status" integer, "errorCode" text,
    "source" "UsageSource", "inputTokens" integer, "cachedTokens" integer, "outputTokens" integer, "reasoningTokens" integer,
    "images" integer, "tokenPriceId" text, "costNano" bigint, "chargeNano" bigint, "startedAt" timestamptz, "firstTokenMs" integer,
    "durationMs" integer
  )) WITH ORDINALITY AS r
$$;
DROP FUNCTION cover_charge(text, json);
