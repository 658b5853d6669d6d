-- What the gateways' snapshots follow: a log of changes by topic, and the gateways that must have seen them.
CREATE TABLE "change_log" (
  "topic" TEXT NOT NULL,
  "version" BIGINT NOT NULL,
  "ids" TEXT[],
  "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "change_log_pkey" PRIMARY KEY ("topic", "version")
);
CREATE INDEX "change_log_at_idx" ON "change_log" ("at");

CREATE TABLE "change_log_pending" (
  "id" BIGSERIAL NOT NULL,
  "topic" TEXT NOT NULL,
  "ids" TEXT[],
  CONSTRAINT "change_log_pending_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "gateways" (
  "id" TEXT NOT NULL,
  "incarnation" TEXT NOT NULL,
  "address" TEXT NOT NULL DEFAULT '',
  "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "leaseUntil" TIMESTAMPTZ(3) NOT NULL,
  "ackedCatalog" BIGINT NOT NULL DEFAULT 0,
  "ackedKeys" BIGINT NOT NULL DEFAULT 0,
  "ackedLimits" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "gateways_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "change_log" ADD CONSTRAINT "change_log_topics" CHECK ("topic" IN ('catalog', 'keys', 'limits') AND "version" > 0);
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_acked" CHECK ("ackedCatalog" >= 0 AND "ackedKeys" >= 0 AND "ackedLimits" >= 0);
INSERT INTO "change_counters" ("topic", "version") VALUES ('catalog', 0), ('keys', 0), ('limits', 0) ON CONFLICT ("topic") DO NOTHING;

-- A changed statement leaves its ids here; they get their number when the transaction commits, never before: the counters'
-- row locks are then held for the commit alone, so that versions become visible in their order and no writer's other locks
-- can meet them in a circle.
CREATE FUNCTION note_change(topic text, changed text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(changed) > 0 THEN
    INSERT INTO "change_log_pending" ("topic", "ids") VALUES (topic, changed);
  END IF;
END $$;

CREATE FUNCTION number_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  numbered bigint;
BEGIN
  -- All three in one order, so that two commits wait for each other but never in a circle.
  PERFORM 1 FROM "change_counters" WHERE "topic" IN ('catalog', 'keys', 'limits') ORDER BY "topic" FOR UPDATE;
  UPDATE "change_counters" SET "version" = "version" + 1 WHERE "topic" = NEW."topic" RETURNING "version" INTO STRICT numbered;
  INSERT INTO "change_log" ("topic", "version", "ids", "at") VALUES (NEW."topic", numbered, NEW."ids", clock_timestamp());
  DELETE FROM "change_log_pending" WHERE "id" = NEW."id";
  PERFORM pg_notify('hydra_changes', NEW."topic");
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "change_log_pending_number" AFTER INSERT ON "change_log_pending"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_change();

-- One function for each event. Arguments: topic, prefix of the ids, column that names the entity, and for updates the columns
-- that no snapshot holds: a change of these alone is none, a column that is added later counts until it is listed here.
CREATE FUNCTION note_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(TG_ARGV[0], (SELECT array_agg(DISTINCT TG_ARGV[1] || (to_jsonb(f) ->> TG_ARGV[2])) FROM "fresh" f));
  RETURN NULL;
END $$;
CREATE FUNCTION note_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM note_change(TG_ARGV[0], (SELECT array_agg(DISTINCT TG_ARGV[1] || (to_jsonb(g) ->> TG_ARGV[2])) FROM "gone" g));
  RETURN NULL;
END $$;
-- Which new row was which old one is not told; a row that is in only one of both sets has changed.
CREATE FUNCTION note_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unseen text[] := TG_ARGV[3:];
BEGIN
  PERFORM note_change(TG_ARGV[0], (
    WITH "after" AS (SELECT to_jsonb(f) - unseen AS "row" FROM "fresh" f), "before" AS (SELECT to_jsonb(g) - unseen AS "row" FROM "gone" g)
    SELECT array_agg(DISTINCT TG_ARGV[1] || ("row" ->> TG_ARGV[2])) FROM (
      (TABLE "after" EXCEPT ALL TABLE "before") UNION ALL (TABLE "before" EXCEPT ALL TABLE "after")
    ) "changed"
  ));
  RETURN NULL;
END $$;

CREATE TRIGGER "api_keys_note_insert" AFTER INSERT ON "api_keys"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('keys', 'k:', 'id');
CREATE TRIGGER "api_keys_note_delete" AFTER DELETE ON "api_keys"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('keys', 'k:', 'id');
CREATE TRIGGER "api_keys_note_update" AFTER UPDATE ON "api_keys"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'keys', 'k:', 'id',
    'name', 'masked', 'createdAt', 'lastUsedAt'
  );

CREATE TRIGGER "users_note_insert" AFTER INSERT ON "users"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('keys', 'u:', 'id');
CREATE TRIGGER "users_note_delete" AFTER DELETE ON "users"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('keys', 'u:', 'id');
CREATE TRIGGER "users_note_update" AFTER UPDATE ON "users"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'keys', 'u:', 'id',
    'email', 'name', 'passwordHash', 'role', 'locale', 'createdAt', 'updatedAt'
  );

CREATE TRIGGER "memberships_note_insert" AFTER INSERT ON "memberships"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('keys', 'u:', 'userId');
CREATE TRIGGER "memberships_note_delete" AFTER DELETE ON "memberships"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('keys', 'u:', 'userId');
CREATE TRIGGER "memberships_note_update" AFTER UPDATE ON "memberships"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'keys', 'u:', 'userId',
    'role', 'createdAt'
  );

CREATE TRIGGER "workspaces_note_insert" AFTER INSERT ON "workspaces"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('limits', 'w:', 'id');
CREATE TRIGGER "workspaces_note_delete" AFTER DELETE ON "workspaces"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('limits', 'w:', 'id');
CREATE TRIGGER "workspaces_note_update" AFTER UPDATE ON "workspaces"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'limits', 'w:', 'id',
    'createdAt'
  );

CREATE TRIGGER "model_services_note_insert" AFTER INSERT ON "model_services"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 's:', 'id');
CREATE TRIGGER "model_services_note_delete" AFTER DELETE ON "model_services"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 's:', 'id');
CREATE TRIGGER "model_services_note_update" AFTER UPDATE ON "model_services"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 's:', 'id',
    'generation', 'observedGeneration', 'wantedInstances', 'stateSince', 'instanceTypeId', 'leaseHolder', 'leaseUntil', 'leaseFence', 'createdById'
  );

CREATE TRIGGER "instances_note_insert" AFTER INSERT ON "instances"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 's:', 'serviceId');
CREATE TRIGGER "instances_note_delete" AFTER DELETE ON "instances"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 's:', 'serviceId');
CREATE TRIGGER "instances_note_update" AFTER UPDATE ON "instances"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 's:', 'serviceId',
    'reason', 'reasonData', 'stateSince', 'pid', 'pidStartedAt', 'nonce', 'logFile', 'restarts', 'failures', 'retryAt', 'createdAt', 'readyAt', 'stoppedAt'
  );

CREATE TRIGGER "models_note_insert" AFTER INSERT ON "models"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 'm:', 'id');
CREATE TRIGGER "models_note_delete" AFTER DELETE ON "models"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 'm:', 'id');
CREATE TRIGGER "models_note_update" AFTER UPDATE ON "models"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 'm:', 'id',
    'name', 'provider', 'licence', 'parameters', 'repository', 'descriptionEn', 'descriptionZh', 'hot', 'demo', 'weightsFile', 'createdAt', 'updatedAt'
  );

CREATE TRIGGER "token_prices_note_insert" AFTER INSERT ON "token_prices"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 'm:', 'modelId');
CREATE TRIGGER "token_prices_note_delete" AFTER DELETE ON "token_prices"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 'm:', 'modelId');
CREATE TRIGGER "token_prices_note_update" AFTER UPDATE ON "token_prices"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 'm:', 'modelId',
    'createdAt'
  );

CREATE TRIGGER "regions_note_insert" AFTER INSERT ON "regions"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 'r:', 'id');
CREATE TRIGGER "regions_note_delete" AFTER DELETE ON "regions"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 'r:', 'id');
CREATE TRIGGER "regions_note_update" AFTER UPDATE ON "regions"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 'r:', 'id',
    'labelEn', 'labelZh', 'createdAt'
  );
