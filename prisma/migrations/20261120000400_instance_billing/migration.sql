-- Instances are billed by the second, from ready to stopped. docs/decisions/0008-instance-billing.md has the protocol.

ALTER TYPE "TransactionKind" ADD VALUE 'instance';
CREATE TYPE "IntervalEnd" AS ENUM ('stopped', 'crashed', 'health_lost', 'price_change');

-- Held back because credit ran out; deleted goes before it, and it before what else is wanted.
ALTER TABLE "model_services" ADD COLUMN "suspendedAt" TIMESTAMPTZ(3);
DROP TRIGGER "model_services_changed" ON "model_services";
CREATE TRIGGER "model_services_changed" AFTER INSERT OR UPDATE OF "generation", "wanted", "suspendedAt" ON "model_services"
  FOR EACH STATEMENT EXECUTE FUNCTION bump_change('services');

-- The type that an instance was made with: the service's may change, and then instances are replaced.
ALTER TABLE "instances" ADD COLUMN "instanceTypeId" TEXT NOT NULL DEFAULT '';
UPDATE "instances" i SET "instanceTypeId" = s."instanceTypeId" FROM "model_services" s WHERE s."id" = i."serviceId";
ALTER TABLE "instances" ADD CONSTRAINT "instances_instanceTypeId_fkey"
  FOREIGN KEY ("instanceTypeId") REFERENCES "instance_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE FUNCTION default_instance_type() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT "instanceTypeId" INTO STRICT NEW."instanceTypeId" FROM "model_services" WHERE "id" = NEW."serviceId";
  RETURN NEW;
END $$;
CREATE TRIGGER "instances_default_type" BEFORE INSERT ON "instances"
  FOR EACH ROW WHEN (NEW."instanceTypeId" = '') EXECUTE FUNCTION default_instance_type();

-- Billing's time: the database's clock, less the steps that were seen in it; it never goes back behind the last look at it.
CREATE TABLE "billing_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "offsetMs" BIGINT NOT NULL DEFAULT 0,
    "checkedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_clock_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "billing_clock" ADD CONSTRAINT "billing_clock_single" CHECK ("id" = 1);
INSERT INTO "billing_clock" ("checkedAt") VALUES (clock_timestamp());

CREATE FUNCTION billing_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT date_trunc('milliseconds', greatest(clock_timestamp() + "offsetMs" * interval '1 millisecond', "checkedAt")) FROM "billing_clock"
$$;

-- What a time costs: whole seconds, cumulative over the interval, so that parts never cost more than the whole.
CREATE FUNCTION interval_cost(hour_nano bigint, from_at timestamptz, to_at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT div(hour_nano * floor(greatest(extract(epoch FROM to_at - from_at), 0)), 3600)::bigint
$$;

CREATE TABLE "instance_intervals" (
    "id" BIGSERIAL NOT NULL,
    "workspaceId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "instanceId" TEXT NOT NULL,
    "instanceTypeId" TEXT NOT NULL,
    "instancePriceId" TEXT NOT NULL,
    "hourNano" BIGINT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),
    "endReason" "IntervalEnd",
    "continues" BOOLEAN NOT NULL DEFAULT false,
    "waived" BOOLEAN NOT NULL DEFAULT false,
    "billedThrough" TIMESTAMPTZ(3) NOT NULL,
    "chargedNano" BIGINT NOT NULL DEFAULT 0,
    "lossNano" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "instance_intervals_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "instance_intervals_serviceId_id_idx" ON "instance_intervals"("serviceId", "id" DESC);
CREATE INDEX "instance_intervals_instanceId_startedAt_idx" ON "instance_intervals"("instanceId", "startedAt");
CREATE UNIQUE INDEX "instance_intervals_one_open" ON "instance_intervals"("instanceId") WHERE "endedAt" IS NULL;
CREATE INDEX "instance_intervals_unsettled" ON "instance_intervals"("workspaceId") WHERE "endedAt" IS NULL OR "billedThrough" < "endedAt";
ALTER TABLE "instance_intervals" ADD CONSTRAINT "instance_intervals_workspaceId_fkey"
  FOREIGN KEY ("workspaceId") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "instance_intervals" ADD CONSTRAINT "instance_intervals_serviceId_fkey"
  FOREIGN KEY ("serviceId") REFERENCES "model_services"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "instance_intervals" ADD CONSTRAINT "instance_intervals_instanceId_fkey"
  FOREIGN KEY ("instanceId") REFERENCES "instances"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "instance_intervals" ADD CONSTRAINT "instance_intervals_instanceTypeId_fkey"
  FOREIGN KEY ("instanceTypeId") REFERENCES "instance_types"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "instance_intervals" ADD CONSTRAINT "instance_intervals_instancePriceId_fkey"
  FOREIGN KEY ("instancePriceId") REFERENCES "instance_prices"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "instance_intervals"
  ADD CONSTRAINT "instance_intervals_order" CHECK ("startedAt" <= "billedThrough" AND "billedThrough" <= coalesce("endedAt", 'infinity')),
  ADD CONSTRAINT "instance_intervals_ended" CHECK (("endedAt" IS NULL) = ("endReason" IS NULL)),
  ADD CONSTRAINT "instance_intervals_waived" CHECK (
    NOT "waived" OR ("endReason" IN ('crashed', 'health_lost') AND "billedThrough" = "endedAt" AND NOT "continues")
  ),
  ADD CONSTRAINT "instance_intervals_cost" CHECK (
    "hourNano" >= 0 AND "chargedNano" >= 0 AND "lossNano" >= 0
    AND "chargedNano" + "lossNano" = CASE WHEN "waived" THEN 0 ELSE interval_cost("hourNano", "startedAt", "billedThrough") END
  );

-- Doors: what was billed stays, what has ended stays ended and never grows. The start moves only while nothing is billed.
CREATE FUNCTION guard_interval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."id", NEW."workspaceId", NEW."serviceId", NEW."instanceId", NEW."instanceTypeId", NEW."instancePriceId", NEW."hourNano", NEW."continues")
      IS DISTINCT FROM
      (OLD."id", OLD."workspaceId", OLD."serviceId", OLD."instanceId", OLD."instanceTypeId", OLD."instancePriceId", OLD."hourNano", OLD."continues")
    OR NEW."chargedNano" < OLD."chargedNano" OR NEW."lossNano" < OLD."lossNano" OR (OLD."waived" AND NOT NEW."waived")
    OR (OLD."endedAt" IS NOT NULL AND (NEW."endedAt" IS NULL OR NEW."endedAt" > OLD."endedAt"))
    OR (OLD."billedThrough" > OLD."startedAt" AND NOT OLD."waived"
      AND (NEW."startedAt" <> OLD."startedAt" OR NEW."billedThrough" < OLD."billedThrough")) THEN
    RAISE EXCEPTION 'billing interval % is not changed like this', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "instance_intervals_guard" BEFORE UPDATE ON "instance_intervals"
  FOR EACH ROW EXECUTE FUNCTION guard_interval();
CREATE TRIGGER "instance_intervals_no_delete" BEFORE DELETE ON "instance_intervals"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "instance_intervals_no_truncate" BEFORE TRUNCATE ON "instance_intervals" EXECUTE FUNCTION refuse_change();

-- All writers of an instance's intervals hold its open one, or the instance's row: none of them is missed here.
CREATE FUNCTION keep_intervals_disjoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM "instance_intervals" o WHERE o."instanceId" = NEW."instanceId" AND o."id" <> NEW."id"
      AND o."startedAt" < coalesce(NEW."endedAt", 'infinity') AND NEW."startedAt" < coalesce(o."endedAt", 'infinity')) THEN
    RAISE EXCEPTION 'billing intervals of instance % would overlap', NEW."instanceId" USING ERRCODE = 'exclusion_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "instance_intervals_disjoint" AFTER INSERT OR UPDATE OF "startedAt", "endedAt" ON "instance_intervals"
  FOR EACH ROW EXECUTE FUNCTION keep_intervals_disjoint();

-- A price that is or was in force is what intervals stand on: a change is a new row.
CREATE FUNCTION refuse_hour_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."effectiveFrom" <= clock_timestamp() OR EXISTS (SELECT FROM "instance_intervals" WHERE "instancePriceId" = OLD."id") THEN
    RAISE EXCEPTION 'price % is in force or has been used; add a new one', OLD."id" USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "instance_prices_immutable" BEFORE UPDATE ON "instance_prices"
  FOR EACH ROW EXECUTE FUNCTION refuse_hour_price_change();

-- Opens and closes intervals with the instance's own row, so that no writer can forget it.
-- One that crashes within its first minute is not charged: a crash loop costs nothing, however far each start gets.
CREATE FUNCTION track_interval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  service "model_services"%ROWTYPE;
  current "instance_intervals"%ROWTYPE;
  at timestamptz;
  reason "IntervalEnd";
BEGIN
  SELECT * INTO STRICT service FROM "model_services" WHERE "id" = NEW."serviceId";
  SELECT * INTO current FROM "instance_intervals" WHERE "instanceId" = NEW."id" AND "endedAt" IS NULL FOR UPDATE;
  IF NEW."state" = 'ready' AND current."id" IS NULL AND service."billing" = 'instance' THEN
    -- After a clock that was set back too, it begins no earlier than the one before ended.
    at := greatest(billing_now(), (SELECT max("endedAt") FROM "instance_intervals" WHERE "instanceId" = NEW."id"));
    INSERT INTO "instance_intervals" (
      "workspaceId", "serviceId", "instanceId", "instanceTypeId", "instancePriceId", "hourNano", "startedAt", "billedThrough"
    )
    SELECT service."workspaceId", service."id", NEW."id", NEW."instanceTypeId", p."id", p."hourNano", at, at FROM "instance_prices" p
      WHERE p."instanceTypeId" = NEW."instanceTypeId" AND p."effectiveFrom" <= at ORDER BY p."effectiveFrom" DESC LIMIT 1;
  ELSIF NEW."state" NOT IN ('ready', 'draining') AND current."id" IS NOT NULL THEN
    at := greatest(billing_now(), current."billedThrough");
    reason := CASE WHEN NEW."state" IN ('stopped', 'pending') OR (TG_OP = 'UPDATE' AND OLD."state" = 'draining') THEN 'stopped'
      WHEN NEW."reason" = 'health_lost' THEN 'health_lost' ELSE 'crashed' END;
    UPDATE "instance_intervals" SET "endedAt" = at, "endReason" = reason
      WHERE "id" = current."id" AND (reason = 'stopped' OR "continues" OR "billedThrough" > "startedAt" OR at - "startedAt" >= interval '60 seconds');
    IF NOT FOUND THEN
      UPDATE "instance_intervals" SET "endedAt" = at, "endReason" = reason, "waived" = true, "billedThrough" = at WHERE "id" = current."id";
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "instances_billed" AFTER INSERT OR UPDATE OF "state" ON "instances"
  FOR EACH ROW EXECUTE FUNCTION track_interval();

INSERT INTO "instance_intervals" (
  "workspaceId", "serviceId", "instanceId", "instanceTypeId", "instancePriceId", "hourNano", "startedAt", "billedThrough"
)
SELECT s."workspaceId", s."id", i."id", i."instanceTypeId", p."id", p."hourNano", c."checkedAt", c."checkedAt"
FROM "instances" i JOIN "model_services" s ON s."id" = i."serviceId" AND s."billing" = 'instance' CROSS JOIN "billing_clock" c
CROSS JOIN LATERAL (SELECT "id", "hourNano" FROM "instance_prices" WHERE "instanceTypeId" = i."instanceTypeId" AND "effectiveFrom" <= now()
  ORDER BY "effectiveFrom" DESC LIMIT 1) p
WHERE i."state" = 'ready';

-- What an interval has cost up to then and is not in the ledger yet. Never below zero: a clock that was set back stands still.
CREATE FUNCTION interval_due(piece "instance_intervals", through timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN piece."waived" THEN 0 ELSE interval_cost(piece."hourNano", piece."startedAt", greatest(through, piece."billedThrough"))
    - piece."chargedNano" - piece."lossNano" END
$$;

-- Ends a piece where another price came into force, and goes on with that one. A price never reaches back behind the moment
-- that it was written, nor into what is billed.
CREATE FUNCTION split_interval(interval_id bigint, now_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  piece "instance_intervals"%ROWTYPE;
  later "instance_prices"%ROWTYPE;
  at timestamptz;
BEGIN
  SELECT * INTO STRICT piece FROM "instance_intervals" WHERE "id" = interval_id;
  LOOP
    SELECT p.* INTO later FROM "instance_prices" p
      WHERE p."instanceTypeId" = piece."instanceTypeId"
        AND p."effectiveFrom" > (SELECT own."effectiveFrom" FROM "instance_prices" own WHERE own."id" = piece."instancePriceId")
        AND greatest(p."effectiveFrom", p."createdAt", piece."billedThrough") < coalesce(piece."endedAt", now_at)
      ORDER BY greatest(p."effectiveFrom", p."createdAt", piece."billedThrough"), p."effectiveFrom" DESC LIMIT 1;
    EXIT WHEN NOT FOUND;
    at := greatest(later."effectiveFrom", later."createdAt", piece."billedThrough");
    UPDATE "instance_intervals" SET "endedAt" = at, "endReason" = 'price_change' WHERE "id" = piece."id";
    INSERT INTO "instance_intervals" (
      "workspaceId", "serviceId", "instanceId", "instanceTypeId", "instancePriceId", "hourNano", "startedAt", "billedThrough",
      "endedAt", "endReason", "continues"
    ) VALUES (
      piece."workspaceId", piece."serviceId", piece."instanceId", piece."instanceTypeId", later."id", later."hourNano", at, at,
      piece."endedAt", piece."endReason", true
    ) RETURNING * INTO piece;
  END LOOP;
END $$;

-- Takes `due` for an interval from what is set apart, then from what else is there; the rest is the platform's loss.
CREATE FUNCTION charge_interval(piece "instance_intervals", through timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  due bigint := interval_due(piece, through);
  wallet "ledger_accounts"%ROWTYPE;
  apart bigint;
  charge bigint;
  transaction_id bigint;
BEGIN
  IF due > 0 THEN
    SELECT * INTO STRICT wallet FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "workspaceId" = piece."workspaceId" FOR UPDATE;
    SELECT coalesce(max("amountNano"), 0) INTO apart FROM "credit_leases"
      WHERE "gatewayId" = 'instances' AND "workspaceId" = piece."workspaceId";
    charge := least(due, apart + wallet."balanceNano" + wallet."creditLineNano" - wallet."leasedNano");
    apart := least(apart, charge);
    IF apart > 0 THEN
      -- Before the entries, which lower the balance: the room for them must be there.
      UPDATE "ledger_accounts" SET "leasedNano" = "leasedNano" - apart WHERE "id" = wallet."id";
      UPDATE "credit_leases" SET "amountNano" = "amountNano" - apart, "updatedAt" = clock_timestamp()
        WHERE "gatewayId" = 'instances' AND "workspaceId" = piece."workspaceId";
    END IF;
    INSERT INTO "ledger_transactions" ("kind", "idempotencyKey", "memo", "createdAt") VALUES (
      'instance', 'instance:' || piece."id" || ':' || (extract(epoch FROM through) * 1000)::bigint, 'instance ' || piece."instanceId", clock_timestamp()
    ) RETURNING "id" INTO transaction_id;
    IF charge > 0 THEN
      INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano") VALUES (transaction_id, wallet."id", -charge);
    END IF;
    -- Everybody's charges meet in these rows; they come last, so that they are locked for the shortest time.
    INSERT INTO "ledger_entries" ("transactionId", "accountId", "amountNano")
      SELECT transaction_id, a."id", CASE a."kind" WHEN 'loss' THEN charge - due ELSE due END FROM "ledger_accounts" a
      WHERE a."kind" = 'revenue' OR (a."kind" = 'loss' AND due > charge) ORDER BY a."id";
  END IF;
  UPDATE "instance_intervals" SET "billedThrough" = through, "chargedNano" = "chargedNano" + coalesce(charge, 0),
    "lossNano" = "lossNano" + due - coalesce(charge, 0) WHERE "id" = piece."id";
END $$;

-- Charges what has passed of a workspace's intervals, `at_most` of them, and sets apart what they cost up to 60 s from now.
-- Open ones are charged once a minute, closed ones at once. Locks the wallet first, as everybody does.
-- `missing` above 0: that much credit is not there, and nothing more was set apart. `charged` = `at_most`: call again.
CREATE FUNCTION bill_instances(workspace text, at_most integer, OUT "charged" integer, OUT "open" integer, OUT "missing" bigint)
LANGUAGE plpgsql AS $$
DECLARE
  now_at timestamptz;
  piece "instance_intervals"%ROWTYPE;
  available bigint;
  apart bigint;
  needed bigint;
BEGIN
  "charged" := 0;
  PERFORM FROM "ledger_accounts" WHERE "kind" = 'wallet' AND "workspaceId" = workspace FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'workspace % has instances that are billed and no wallet', workspace;
  END IF;
  PERFORM FROM "instance_intervals" WHERE "workspaceId" = workspace AND ("endedAt" IS NULL OR "billedThrough" < "endedAt")
    ORDER BY "id" FOR UPDATE;
  now_at := billing_now();
  -- Not those that may yet be waived.
  FOR piece IN SELECT * FROM "instance_intervals" WHERE "workspaceId" = workspace AND ("endedAt" IS NULL OR "billedThrough" < "endedAt")
    AND ("endedAt" IS NOT NULL OR "continues" OR now_at - "startedAt" >= interval '60 seconds') LOOP
    PERFORM split_interval(piece."id", now_at);
  END LOOP;
  FOR piece IN SELECT * FROM "instance_intervals" WHERE "workspaceId" = workspace AND ("billedThrough" < "endedAt"
    OR ("endedAt" IS NULL AND now_at - "billedThrough" >= interval '60 seconds')) ORDER BY "id" LIMIT at_most LOOP
    PERFORM charge_interval(piece, coalesce(piece."endedAt", now_at));
    "charged" := "charged" + 1;
  END LOOP;

  -- A second more, because parts of seconds add up.
  SELECT count(*) FILTER (WHERE "endedAt" IS NULL),
    coalesce(sum(interval_due(i, coalesce("endedAt", now_at + interval '61 seconds'))), 0) INTO "open", needed FROM "instance_intervals" i
    WHERE "workspaceId" = workspace AND ("endedAt" IS NULL OR "billedThrough" < "endedAt");
  SELECT "balanceNano" + "creditLineNano" - "leasedNano" INTO STRICT available FROM "ledger_accounts"
    WHERE "kind" = 'wallet' AND "workspaceId" = workspace;
  SELECT coalesce(max("amountNano"), 0) INTO apart FROM "credit_leases" WHERE "gatewayId" = 'instances' AND "workspaceId" = workspace;
  "missing" := greatest(needed - apart - available, 0);
  IF "missing" = 0 AND needed <> apart THEN
    UPDATE "ledger_accounts" SET "leasedNano" = "leasedNano" + needed - apart WHERE "kind" = 'wallet' AND "workspaceId" = workspace;
    INSERT INTO "credit_leases" ("gatewayId", "workspaceId", "amountNano") VALUES ('instances', workspace, needed)
      ON CONFLICT ("gatewayId", "workspaceId") DO UPDATE SET "amountNano" = needed, "updatedAt" = clock_timestamp();
  END IF;
END $$;

-- Looks at the clock: what it shows, in milliseconds since the epoch, and what billing's time had reached before (deployer/billing/clock-watch.ts).
-- Both null where nothing is being billed: then a step harms nobody, and an earlier one is forgotten once the clock has passed it.
CREATE FUNCTION read_billing_clock(OUT "shownMs" bigint, OUT "reachedMs" bigint) LANGUAGE plpgsql AS $$
DECLARE
  clock "billing_clock"%ROWTYPE;
  shown timestamptz;
BEGIN
  SELECT * INTO STRICT clock FROM "billing_clock" FOR UPDATE;
  IF NOT EXISTS (SELECT FROM "instance_intervals" WHERE "endedAt" IS NULL OR "billedThrough" < "endedAt") THEN
    UPDATE "billing_clock" SET "checkedAt" = clock_timestamp(), "offsetMs" = 0 WHERE "offsetMs" <> 0 AND "checkedAt" < clock_timestamp();
    RETURN;
  END IF;
  shown := date_trunc('milliseconds', clock_timestamp()) + clock."offsetMs" * interval '1 millisecond';
  UPDATE "billing_clock" SET "checkedAt" = greatest(clock."checkedAt", shown);
  "shownMs" := extract(epoch FROM shown) * 1000;
  "reachedMs" := extract(epoch FROM clock."checkedAt") * 1000;
END $$;

-- Takes a step of the clock out of billing's time; what was written since it was set forward is brought back to now.
CREATE FUNCTION step_billing_clock(step_ms bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  truth timestamptz;
BEGIN
  UPDATE "billing_clock" SET "offsetMs" = "offsetMs" - step_ms;
  SELECT date_trunc('milliseconds', clock_timestamp()) + "offsetMs" * interval '1 millisecond' INTO STRICT truth FROM "billing_clock";
  UPDATE "billing_clock" SET "checkedAt" = CASE WHEN step_ms > 0 THEN truth ELSE greatest("checkedAt", truth) END;
  UPDATE "instance_intervals" SET "startedAt" = least("startedAt", truth),
    "endedAt" = CASE WHEN "endedAt" IS NOT NULL THEN least("endedAt", truth) END, "billedThrough" = least("billedThrough", truth)
    WHERE step_ms > 0 AND ("startedAt" > truth OR "endedAt" > truth)
      AND ("waived" OR "billedThrough" = "startedAt" OR "billedThrough" <= truth);
END $$;

-- What is set apart for instances is no gateway's to give back: nobody waits for it to answer a recall.
CREATE OR REPLACE FUNCTION draw_credit(
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
    FROM "credit_leases" WHERE "workspaceId" = workspace AND "gatewayId" NOT IN (gateway, 'instances') AND "amountNano" > 0;
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
