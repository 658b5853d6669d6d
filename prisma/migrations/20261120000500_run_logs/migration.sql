-- Where an instance runs, and what its runs have written.
ALTER TABLE "instances" ADD COLUMN "host" TEXT, ADD COLUMN "podName" TEXT;

CREATE TABLE "instance_runs" (
  "id" TEXT NOT NULL,
  "instanceId" TEXT NOT NULL,
  "serviceId" TEXT NOT NULL,
  "workspaceId" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "nonce" TEXT NOT NULL,
  "pid" INTEGER,
  "pidStartedAt" TEXT,
  "host" TEXT,
  "podName" TEXT,
  "startedAt" TIMESTAMPTZ(3) NOT NULL,
  "readyAt" TIMESTAMPTZ(3),
  "endedAt" TIMESTAMPTZ(3),
  "exit" TEXT,
  "reason" TEXT NOT NULL DEFAULT '',
  "reasonData" JSONB NOT NULL DEFAULT '{}',
  "logCursor" TEXT,
  "logLines" INTEGER NOT NULL DEFAULT 0,
  "logComplete" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "instance_runs_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "instance_runs_instanceId_number_key" ON "instance_runs" ("instanceId", "number");
CREATE INDEX "instance_runs_serviceId_startedAt_idx" ON "instance_runs" ("serviceId", "startedAt" DESC);
CREATE INDEX "instance_runs_being_read" ON "instance_runs" ("startedAt") WHERE NOT "logComplete";
-- An instance is one process at a time.
CREATE UNIQUE INDEX "instance_runs_one_open" ON "instance_runs" ("instanceId") WHERE "endedAt" IS NULL;
ALTER TABLE "instance_runs"
  ADD CONSTRAINT "instance_runs_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "instances" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "instance_runs_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "model_services" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "instance_runs_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "workspaces" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "instance_runs_counts" CHECK ("number" > 0 AND "logLines" >= 0),
  ADD CONSTRAINT "instance_runs_times" CHECK ("endedAt" >= "startedAt" AND "readyAt" >= "startedAt");

CREATE TABLE "run_log_lines" (
  "runId" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "text" TEXT NOT NULL,
  CONSTRAINT "run_log_lines_pkey" PRIMARY KEY ("runId", "seq")
);
ALTER TABLE "run_log_lines"
  ADD CONSTRAINT "run_log_lines_runId_fkey" FOREIGN KEY ("runId") REFERENCES "instance_runs" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "run_log_lines_size" CHECK ("seq" > 0 AND octet_length("text") <= 4096);

-- Whoever writes an instance's row keeps its runs: a start has a nonce of its own, and a run is over when its instance leaves
-- the states that have a process in use. Times are this database's, and never before the start's, should its clock be set back.
CREATE FUNCTION keep_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."nonce" IS DISTINCT FROM NEW."nonce" OR NEW."state" IN ('pending', 'backoff', 'stopped') THEN
    UPDATE "instance_runs" SET
      "endedAt" = greatest("startedAt", coalesce("readyAt", "startedAt"), clock_timestamp()),
      "exit" = NEW."reasonData" ->> 'code',
      "reason" = CASE WHEN NEW."state" = 'backoff' THEN NEW."reason" ELSE '' END,
      "reasonData" = CASE WHEN NEW."state" = 'backoff' THEN NEW."reasonData" ELSE '{}' END
    WHERE "instanceId" = NEW."id" AND "endedAt" IS NULL;
  END IF;
  IF NEW."nonce" IS NOT NULL AND OLD."nonce" IS DISTINCT FROM NEW."nonce" THEN
    INSERT INTO "instance_runs" ("id", "instanceId", "serviceId", "workspaceId", "number", "nonce", "startedAt")
      SELECT 'run_' || replace(gen_random_uuid()::text, '-', ''), NEW."id", NEW."serviceId", s."workspaceId",
        coalesce((SELECT max(r."number") FROM "instance_runs" r WHERE r."instanceId" = NEW."id"), 0) + 1, NEW."nonce", clock_timestamp()
      FROM "model_services" s WHERE s."id" = NEW."serviceId";
  ELSIF NEW."state" IN ('starting', 'ready', 'draining') THEN
    UPDATE "instance_runs" SET
      "pid" = coalesce(NEW."pid", "pid"),
      "pidStartedAt" = coalesce(NEW."pidStartedAt", "pidStartedAt"),
      "host" = NEW."host",
      "podName" = NEW."podName",
      "readyAt" = CASE WHEN NEW."state" = 'ready' THEN coalesce("readyAt", greatest("startedAt", clock_timestamp())) ELSE "readyAt" END
    WHERE "instanceId" = NEW."id" AND "endedAt" IS NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "instances_keep_runs" AFTER UPDATE OF "state", "nonce", "pid", "host", "podName" ON "instances"
  FOR EACH ROW EXECUTE FUNCTION keep_runs();

-- Where it runs is nothing that gateways need.
DROP TRIGGER "instances_note_update" ON "instances";
CREATE TRIGGER "instances_note_update" AFTER UPDATE ON "instances"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 's:', 'serviceId',
    'reason', 'reasonData', 'stateSince', 'pid', 'pidStartedAt', 'nonce', 'logFile', 'restarts', 'failures', 'retryAt', 'createdAt', 'readyAt', 'stoppedAt',
    'instanceTypeId', 'host', 'podName'
  );
