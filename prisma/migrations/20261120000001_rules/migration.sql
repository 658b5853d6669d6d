-- What the Prisma schema cannot say, and what must hold whatever the code does.

-- Identity
ALTER TABLE "users"
  ADD CONSTRAINT "users_email_lower" CHECK ("email" = lower("email") AND "email" LIKE '%_@_%');
ALTER TABLE "workspaces"
  ADD CONSTRAINT "workspaces_name_form" CHECK (
    ("kind" = 'personal' AND "name" ~ '^u-[0-9a-f]{12}$') OR ("kind" = 'platform' AND "name" ~ '^[a-z][a-z0-9-]{1,62}$')
  );
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_hash_sha256" CHECK (octet_length("hash") = 32),
  ADD CONSTRAINT "api_keys_name_length" CHECK (char_length("name") BETWEEN 1 AND 63 AND btrim("name") <> '');
ALTER TABLE "auth_attempts"
  ADD CONSTRAINT "auth_attempts_failures" CHECK ("failures" >= 0);

-- Catalog
ALTER TABLE "models"
  ADD CONSTRAINT "models_slug_form" CHECK ("slug" ~ '^[a-z]([a-z0-9.-]{0,62}[a-z0-9])$'),
  ADD CONSTRAINT "models_lengths" CHECK ("contextLength" > 0 AND "maxOutputTokens" > 0 AND "maxOutputTokens" <= "contextLength"),
  ADD CONSTRAINT "models_hosting" CHECK ("offersToken" OR "offersDedicated"),
  -- A file name below models/, never a path out of it.
  ADD CONSTRAINT "models_weights_inside" CHECK ("weightsFile" !~ '(^/|\.\.|\\)');
ALTER TABLE "regions"
  ADD CONSTRAINT "regions_name_form" CHECK ("name" ~ '^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$' AND "name" <> 'chat');
ALTER TABLE "instance_types"
  ADD CONSTRAINT "instance_types_sizes" CHECK ("cpuMilli" > 0 AND "memoryBytes" > 0 AND "gpuCount" >= 0 AND "parallel" > 0),
  ADD CONSTRAINT "instance_types_gpu" CHECK (("gpuCount" = 0) = ("gpuModel" IS NULL));
ALTER TABLE "token_prices"
  ADD CONSTRAINT "token_prices_not_negative"
    CHECK ("inputNano" >= 0 AND "cachedInputNano" >= 0 AND "outputNano" >= 0 AND coalesce("imageNano", 0) >= 0);
ALTER TABLE "instance_prices"
  ADD CONSTRAINT "instance_prices_not_negative" CHECK ("hourNano" >= 0);

-- Services
ALTER TABLE "model_services"
  ADD CONSTRAINT "model_services_name_form" CHECK ("name" ~ '^[a-z]([a-z0-9.-]{0,62}[a-z0-9])$'),
  ADD CONSTRAINT "model_services_wanted_instances" CHECK ("wantedInstances" BETWEEN 1 AND 1000),
  ADD CONSTRAINT "model_services_generations" CHECK ("generation" >= 1 AND "observedGeneration" BETWEEN 0 AND "generation"),
  ADD CONSTRAINT "model_services_deleted" CHECK (("deletedAt" IS NULL) = ("state" <> 'deleted'));
-- A deleted service gives its name back.
CREATE UNIQUE INDEX "model_services_access_name" ON "model_services" ("workspaceId", "name") WHERE "deletedAt" IS NULL;
CREATE INDEX "model_services_live" ON "model_services" ("state") WHERE "deletedAt" IS NULL;
ALTER TABLE "instances"
  ADD CONSTRAINT "instances_counts" CHECK ("restarts" >= 0 AND "failures" >= 0),
  ADD CONSTRAINT "instances_process" CHECK (("pid" IS NULL) = ("pidStartedAt" IS NULL)),
  ADD CONSTRAINT "instances_ready_endpoint" CHECK ("state" <> 'ready' OR ("endpoint" IS NOT NULL AND "readyAt" IS NOT NULL)),
  ADD CONSTRAINT "instances_stopped" CHECK (("state" = 'stopped') = ("stoppedAt" IS NOT NULL)),
  ADD CONSTRAINT "instances_stopped_process" CHECK ("state" <> 'stopped' OR "pid" IS NULL);
CREATE INDEX "instances_live" ON "instances" ("serviceId") WHERE "state" <> 'stopped';

CREATE FUNCTION keep_observed_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."observedGeneration" < OLD."observedGeneration" OR NEW."generation" < OLD."generation"
     OR NEW."leaseFence" < OLD."leaseFence" THEN
    RAISE EXCEPTION 'generations and fences of a service never go back' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "model_services_forward_only" BEFORE UPDATE ON "model_services"
  FOR EACH ROW EXECUTE FUNCTION keep_observed_generation();

-- Money
ALTER TABLE "ledger_accounts"
  ADD CONSTRAINT "ledger_accounts_wallet_owner" CHECK (("kind" = 'wallet') = ("workspaceId" IS NOT NULL)),
  ADD CONSTRAINT "ledger_accounts_no_overdraft" CHECK ("kind" <> 'wallet' OR "balanceNano" >= 0);
CREATE UNIQUE INDEX "ledger_accounts_one_wallet" ON "ledger_accounts" ("workspaceId") WHERE "kind" = 'wallet';
CREATE UNIQUE INDEX "ledger_accounts_one_of_kind" ON "ledger_accounts" ("kind") WHERE "kind" <> 'wallet';
ALTER TABLE "usage_records"
  ADD CONSTRAINT "usage_records_counts" CHECK (
    "inputTokens" >= 0 AND "outputTokens" >= 0 AND "cachedTokens" BETWEEN 0 AND "inputTokens"
    AND "durationMs" >= 0 AND coalesce("firstTokenMs", 0) >= 0
  ),
  ADD CONSTRAINT "usage_records_charge" CHECK ("chargeNano" >= 0 AND "chargeNano" <= "costNano"),
  ADD CONSTRAINT "usage_records_priced" CHECK ("costNano" = 0 OR "tokenPriceId" IS NOT NULL);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER "ledger_transactions_append_only" BEFORE UPDATE OR DELETE ON "ledger_transactions"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "ledger_entries_append_only" BEFORE UPDATE OR DELETE ON "ledger_entries"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A balance is the sum of its entries, because only an entry moves it.
CREATE FUNCTION apply_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "ledger_accounts" SET "balanceNano" = "balanceNano" + NEW."amountNano" WHERE "id" = NEW."accountId";
  RETURN NULL;
END $$;
CREATE TRIGGER "ledger_entries_apply" AFTER INSERT ON "ledger_entries"
  FOR EACH ROW EXECUTE FUNCTION apply_entry();

-- Checked at commit: the entries of a transaction sum to zero.
CREATE FUNCTION check_transaction_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum("amountNano") FROM "ledger_entries" WHERE "transactionId" = NEW."transactionId") <> 0 THEN
    RAISE EXCEPTION 'entries of ledger transaction % do not sum to zero', NEW."transactionId" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "ledger_entries_sum" AFTER INSERT ON "ledger_entries"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction_sum();

-- Changes: the writing transaction bumps a counter; the notification only wakes readers sooner.
CREATE FUNCTION bump_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "change_counters" ("topic", "version") VALUES (TG_ARGV[0], 1)
    ON CONFLICT ("topic") DO UPDATE SET "version" = "change_counters"."version" + 1;
  PERFORM pg_notify('hydra_changes', TG_ARGV[0]);
  RETURN NULL;
END $$;
CREATE TRIGGER "model_services_changed" AFTER INSERT OR UPDATE OF "generation", "wanted" ON "model_services"
  FOR EACH STATEMENT EXECUTE FUNCTION bump_change('services');
CREATE TRIGGER "instances_changed" AFTER INSERT OR UPDATE OF "state", "endpoint" OR DELETE ON "instances"
  FOR EACH STATEMENT EXECUTE FUNCTION bump_change('instances');
