-- Credit leases, batched settling, and the ledger's chain. docs/decisions/0006-credit-leases.md has the protocol.

-- Wallets: what may be spent is balance + credit line − leases.
ALTER TABLE "ledger_accounts"
  ADD COLUMN "creditLineNano" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "leasedNano" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "ledger_accounts"
  DROP CONSTRAINT "ledger_accounts_no_overdraft",
  ADD CONSTRAINT "ledger_accounts_no_overdraft" CHECK ("kind" <> 'wallet' OR "balanceNano" + "creditLineNano" - "leasedNano" >= 0),
  ADD CONSTRAINT "ledger_accounts_leases" CHECK (
    "creditLineNano" >= 0 AND "leasedNano" >= 0 AND ("kind" = 'wallet' OR ("creditLineNano" = 0 AND "leasedNano" = 0))
  );

CREATE TABLE "credit_leases" (
    "gatewayId" TEXT NOT NULL,
    "workspaceId" TEXT NOT NULL,
    "amountNano" BIGINT NOT NULL DEFAULT 0,
    "recallSeen" BIGINT NOT NULL DEFAULT 0,
    "operation" TEXT NOT NULL DEFAULT '',
    "operationNano" BIGINT NOT NULL DEFAULT 0,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credit_leases_pkey" PRIMARY KEY ("gatewayId", "workspaceId")
);
CREATE INDEX "credit_leases_workspaceId_idx" ON "credit_leases"("workspaceId");
ALTER TABLE "credit_leases" ADD CONSTRAINT "credit_leases_workspaceId_fkey"
  FOREIGN KEY ("workspaceId") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "credit_leases" ADD CONSTRAINT "credit_leases_not_negative" CHECK ("amountNano" >= 0);

CREATE TABLE "credit_recalls" (
    "workspaceId" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_recalls_pkey" PRIMARY KEY ("workspaceId")
);
CREATE INDEX "credit_recalls_until_idx" ON "credit_recalls"("until");
ALTER TABLE "credit_recalls" ADD CONSTRAINT "credit_recalls_workspaceId_fkey"
  FOREIGN KEY ("workspaceId") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Usage: reasoning tokens, and the ledger transaction that took the charge.
ALTER TABLE "usage_records"
  ADD COLUMN "reasoningTokens" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "ledgerTransactionId" BIGINT;
ALTER TABLE "usage_records"
  ADD CONSTRAINT "usage_records_reasoning" CHECK ("reasoningTokens" BETWEEN 0 AND "outputTokens");
CREATE INDEX "usage_records_ledgerTransactionId_idx" ON "usage_records"("ledgerTransactionId");
UPDATE "usage_records" u SET "ledgerTransactionId" = t."id"
  FROM "ledger_transactions" t WHERE t."kind" = 'usage' AND t."idempotencyKey" = 'usage:' || u."requestId";

-- The chain.
ALTER TABLE "ledger_transactions" ADD COLUMN "usageDigest" BYTEA;
CREATE TABLE "ledger_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "ledger_head_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "ledger_head" ADD CONSTRAINT "ledger_head_single" CHECK ("id" = 1 AND "sequence" >= 0 AND octet_length("hash") = 32);
INSERT INTO "ledger_head" ("sequence", "hash") VALUES (0, sha256('hydra ledger'));
CREATE TABLE "ledger_links" (
    "sequence" BIGINT NOT NULL,
    "transactionId" BIGINT NOT NULL,
    "prevHash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "ledger_links_pkey" PRIMARY KEY ("sequence")
);
CREATE UNIQUE INDEX "ledger_links_transactionId_key" ON "ledger_links"("transactionId");
ALTER TABLE "ledger_links" ADD CONSTRAINT "ledger_links_transactionId_fkey"
  FOREIGN KEY ("transactionId") REFERENCES "ledger_transactions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a link's hash is taken over; lib/services/ledger/link-text.ts writes the same text.
CREATE FUNCTION ledger_link_text(link_sequence bigint, link_prev bytea, transaction_id bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\n', 'v1', link_sequence, encode(link_prev, 'hex'), t."id", t."kind",
      octet_length(t."idempotencyKey") || ':' || t."idempotencyKey", octet_length(t."memo") || ':' || t."memo",
      coalesce(t."createdById", '-'), (extract(epoch FROM t."createdAt") * 1000)::bigint, coalesce(encode(t."usageDigest", 'hex'), '-'))
    || coalesce((SELECT string_agg(E'\n' || e."id" || ' ' || e."accountId" || ' ' || e."amountNano", '' ORDER BY e."id")
      FROM "ledger_entries" e WHERE e."transactionId" = t."id"), '')
  FROM "ledger_transactions" t WHERE t."id" = transaction_id
$$;

CREATE FUNCTION link_transaction(transaction_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  head "ledger_head"%ROWTYPE;
  new_hash bytea;
BEGIN
  SELECT * INTO STRICT head FROM "ledger_head" FOR UPDATE;
  new_hash := sha256(convert_to(ledger_link_text(head."sequence" + 1, head."hash", transaction_id), 'UTF8'));
  INSERT INTO "ledger_links" VALUES (head."sequence" + 1, transaction_id, head."hash", new_hash);
  UPDATE "ledger_head" SET "sequence" = head."sequence" + 1, "hash" = new_hash;
END $$;

-- Checked once a transaction rather than once an entry: a batch has an entry for each of its wallets.
CREATE FUNCTION seal_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  entry_count bigint;
  entry_sum numeric;
BEGIN
  SELECT count(*), coalesce(sum("amountNano"), 0) INTO entry_count, entry_sum FROM "ledger_entries" WHERE "transactionId" = NEW."id";
  IF entry_sum <> 0 THEN
    RAISE EXCEPTION 'entries of ledger transaction % do not sum to zero', NEW."id" USING ERRCODE = 'check_violation';
  END IF;
  IF entry_count < 2 THEN
    RAISE EXCEPTION 'ledger transaction % has fewer than two entries', NEW."id" USING ERRCODE = 'check_violation';
  END IF;
  PERFORM link_transaction(NEW."id");
  RETURN NULL;
END $$;

CREATE FUNCTION refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM added a JOIN "ledger_links" l ON l."transactionId" = a."transactionId") THEN
    RAISE EXCEPTION 'a sealed ledger transaction takes no more entries' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE known bigint;
BEGIN
  FOR known IN SELECT "id" FROM "ledger_transactions" ORDER BY "id" LOOP PERFORM link_transaction(known); END LOOP;
END $$;

DROP TRIGGER "ledger_entries_sum" ON "ledger_entries";
DROP FUNCTION check_transaction_sum();
CREATE CONSTRAINT TRIGGER "ledger_transactions_seal" AFTER INSERT ON "ledger_transactions"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seal_transaction();
CREATE TRIGGER "ledger_entries_sealed" AFTER INSERT ON "ledger_entries"
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed();

-- Doors: nothing written is changed, deleted or truncated, and a balance is moved by entries alone.
CREATE TRIGGER "ledger_links_append_only" BEFORE UPDATE OR DELETE ON "ledger_links"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "usage_records_append_only" BEFORE UPDATE OR DELETE ON "usage_records"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ledger_transactions_no_truncate" BEFORE TRUNCATE ON "ledger_transactions" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ledger_entries_no_truncate" BEFORE TRUNCATE ON "ledger_entries" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ledger_links_no_truncate" BEFORE TRUNCATE ON "ledger_links" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "usage_records_no_truncate" BEFORE TRUNCATE ON "usage_records" EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "audit_events" EXECUTE FUNCTION refuse_change();

-- An entry's own trigger is the first level; a statement that sets a balance itself stands at none.
CREATE FUNCTION refuse_direct() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION '% is moved by ledger entries alone', TG_TABLE_NAME USING ERRCODE = 'check_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER "ledger_accounts_by_entries" BEFORE UPDATE OF "balanceNano" ON "ledger_accounts"
  FOR EACH ROW WHEN (OLD."balanceNano" IS DISTINCT FROM NEW."balanceNano") EXECUTE FUNCTION refuse_direct();
CREATE TRIGGER "ledger_accounts_start_empty" BEFORE INSERT ON "ledger_accounts"
  FOR EACH ROW WHEN (NEW."balanceNano" <> 0) EXECUTE FUNCTION refuse_direct();
CREATE TRIGGER "ledger_head_by_links" BEFORE UPDATE OR DELETE ON "ledger_head"
  FOR EACH ROW EXECUTE FUNCTION refuse_direct();

-- A price that is or was in force is what receipts stand on: a change is a new row.
CREATE FUNCTION refuse_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."effectiveFrom" <= clock_timestamp() OR EXISTS (SELECT FROM "usage_records" WHERE "tokenPriceId" = OLD."id") THEN
    RAISE EXCEPTION 'price % is in force or has been used; add a new one', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "token_prices_immutable" BEFORE UPDATE ON "token_prices"
  FOR EACH ROW EXECUTE FUNCTION refuse_price_change();

-- Leases. Each locks the wallet first, so that a refusal and the returns before it stand in one order.
CREATE FUNCTION draw_credit(
  gateway text, workspace text, operation_id text, needed bigint, queued bigint, ahead bigint, recall_version bigint,
  OUT granted bigint, OUT others bigint, OUT pending bigint
) LANGUAGE plpgsql AS $$
DECLARE
  available bigint;
  lease "credit_leases"%ROWTYPE;
BEGIN
  SELECT "balanceNano" + "creditLineNano" - "leasedNano" INTO available FROM "ledger_accounts"
    WHERE "kind" = 'wallet' AND "workspaceId" = workspace FOR UPDATE;
  SELECT * INTO lease FROM "credit_leases" WHERE "gatewayId" = gateway AND "workspaceId" = workspace;
  SELECT coalesce(sum("amountNano"), 0), count(*) FILTER (WHERE "recallSeen" < coalesce(recall_version, 0)) INTO others, pending
    FROM "credit_leases" WHERE "workspaceId" = workspace AND "gatewayId" <> gateway AND "amountNano" > 0;
  IF lease."operation" = operation_id THEN
    granted := lease."operationNano";
    RETURN;
  END IF;
  granted := 0;
  IF available IS NULL OR available < needed THEN RETURN; END IF;
  IF EXISTS (SELECT FROM "credit_recalls" WHERE "workspaceId" = workspace AND "until" > clock_timestamp()) THEN ahead := 0; END IF;
  -- Drawing ahead for nobody in particular takes no less than one such call needs (ahead is for 64): a fragment helps no one.
  IF needed = 0 AND available / 4 < ahead / 64 THEN RETURN; END IF;
  granted := greatest(needed, least(available / 4, ahead));
  IF queued <= available THEN granted := greatest(granted, queued); END IF;
  IF granted = 0 THEN RETURN; END IF;
  UPDATE "ledger_accounts" SET "leasedNano" = "leasedNano" + granted WHERE "kind" = 'wallet' AND "workspaceId" = workspace;
  INSERT INTO "credit_leases" ("gatewayId", "workspaceId", "amountNano", "operation", "operationNano")
    VALUES (gateway, workspace, granted, operation_id, granted)
    ON CONFLICT ("gatewayId", "workspaceId") DO UPDATE SET "amountNano" = "credit_leases"."amountNano" + granted,
      "operation" = operation_id, "operationNano" = granted, "updatedAt" = clock_timestamp();
END $$;

-- Returns what really went back: a lease that was repaired by hand may hold less than its gateway thinks.
CREATE FUNCTION return_credit(gateway text, workspace text, operation_id text, amount bigint, recall_version bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  lease "credit_leases"%ROWTYPE;
  back bigint;
BEGIN
  PERFORM FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "workspaceId" = workspace FOR UPDATE;
  SELECT * INTO lease FROM "credit_leases" WHERE "gatewayId" = gateway AND "workspaceId" = workspace FOR UPDATE;
  IF NOT FOUND THEN RETURN 0; END IF;
  IF lease."operation" = operation_id THEN RETURN lease."operationNano"; END IF;
  back := least(amount, lease."amountNano");
  UPDATE "ledger_accounts" SET "leasedNano" = "leasedNano" - back WHERE "kind" = 'wallet' AND "workspaceId" = workspace AND back > 0;
  UPDATE "credit_leases" SET "amountNano" = "amountNano" - back, "operation" = operation_id, "operationNano" = back,
    "recallSeen" = greatest("recallSeen", coalesce(recall_version, 0)), "updatedAt" = clock_timestamp()
    WHERE "gatewayId" = gateway AND "workspaceId" = workspace;
  RETURN back;
END $$;

CREATE FUNCTION recall_credit(workspace text, duration_ms bigint) RETURNS bigint LANGUAGE sql AS $$
  WITH made AS (
    INSERT INTO "credit_recalls" AS r ("workspaceId", "version", "until")
    VALUES (workspace, 1, clock_timestamp() + duration_ms * interval '1 millisecond')
    ON CONFLICT ("workspaceId") DO UPDATE SET "version" = r."version" + 1, "until" = greatest(r."until", excluded."until")
    RETURNING "version"
  )
  SELECT "version" FROM made, LATERAL (SELECT pg_notify('hydra_recalls', workspace)) n
$$;

-- One batch of usage, whole or not at all. `batch` is an array of rows as gateway/metering/settle.ts writes them.
-- Where a lease holds less than its charges it fails with HY001; with `short` a batch of one then charges what there is.
CREATE FUNCTION settle_usage(gateway text, batch json, short boolean) RETURNS integer LANGUAGE plpgsql AS $$
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
  IF short THEN cap := cover_charge(gateway, batch -> 0); END IF;
  WITH fresh AS (
    INSERT INTO "usage_records" (
      "requestId", "workspaceId", "userId", "keyId", "serviceId", "instanceId", "modelId", "accessName", "route", "streamed",
      "outcome", "status", "errorCode", "source", "inputTokens", "cachedTokens", "outputTokens", "reasoningTokens", "images",
      "tokenPriceId", "costNano", "chargeNano", "startedAt", "firstTokenMs", "durationMs", "ledgerTransactionId"
    )
    SELECT r."requestId", r."workspaceId", r."userId", r."keyId", r."serviceId", r."instanceId", r."modelId", r."accessName", r."route",
      r."streamed", r."outcome", r."status", r."errorCode", r."source", r."inputTokens", r."cachedTokens", r."outputTokens",
      r."reasoningTokens", r."images", r."tokenPriceId", r."costNano", least(r."chargeNano", cap), r."startedAt", r."firstTokenMs", r."durationMs",
      CASE WHEN r."costNano" > 0 THEN transaction_id END
    FROM json_to_recordset(batch) AS r(
      "requestId" text, "workspaceId" text, "userId" text, "keyId" text, "serviceId" text, "instanceId" text, "modelId" text,
      "accessName" text, "route" text, "streamed" boolean, "outcome" "UsageOutcome", "status" integer, "errorCode" text,
      "source" "UsageSource", "inputTokens" integer, "cachedTokens" integer, "outputTokens" integer, "reasoningTokens" integer,
      "images" integer, "tokenPriceId" text, "costNano" bigint, "chargeNano" bigint, "startedAt" timestamptz, "firstTokenMs" integer, "durationMs" integer
    )
    -- In one order, so that two that bring the same rows wait for each other but never in a circle.
    ORDER BY r."requestId"
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

-- Makes a lease large enough for one row's charge, as far as the wallet goes; returns the largest charge that is covered.
CREATE FUNCTION cover_charge(gateway text, usage_row json) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  wanted bigint := (usage_row ->> 'chargeNano')::bigint;
  workspace text := usage_row ->> 'workspaceId';
  available bigint;
  leased bigint;
  missing bigint;
BEGIN
  IF wanted = 0 OR EXISTS (SELECT FROM "usage_records" WHERE "requestId" = usage_row ->> 'requestId') THEN RETURN wanted; END IF;
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
