-- What open pages show. Consoles listen on a channel of its own and have the tabs that show it read again. The payload says who may
-- see what has changed (a workspace's id, or * for everybody) and which pages show it; of equal ones a transaction sends one.
-- Nothing is kept: a console that was not listening has its tabs read again when it listens.
CREATE FUNCTION tell_pages(named text, changed text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF cardinality(changed) > 0 THEN
    PERFORM pg_notify('hydra_pages', p."payload") FROM (
      -- The catalog shows whether the platform's services can be called; nobody is a member there, so no list of services has them.
      SELECT CASE WHEN w."kind" = 'platform' THEN '* models' ELSE w."id" || ' services' END AS "payload"
        FROM "workspaces" w WHERE named = 'workspace' AND w."id" = ANY (changed)
      UNION SELECT CASE WHEN w."kind" = 'platform' THEN '* models' ELSE w."id" || ' services' END
        FROM "model_services" s JOIN "workspaces" w ON w."id" = s."workspaceId" WHERE named = 'service' AND s."id" = ANY (changed)
      UNION SELECT coalesce(m."workspaceId", '*') || ' models' FROM "models" m WHERE named = 'model' AND m."id" = ANY (changed)
      UNION SELECT '* ' || t FROM unnest(ARRAY['services', 'models']) t WHERE named = 'place'
    ) p;
  END IF;
END $$;

-- As with note_inserted and its like. Arguments: what the column names, the column, and for updates the columns that no page
-- shows: a change of these alone is none, a column that is added later counts until it is listed here.
CREATE FUNCTION tell_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_pages(TG_ARGV[0], (SELECT array_agg(DISTINCT to_jsonb(f) ->> TG_ARGV[1]) FROM "fresh" f));
  RETURN NULL;
END $$;
CREATE FUNCTION tell_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tell_pages(TG_ARGV[0], (SELECT array_agg(DISTINCT to_jsonb(g) ->> TG_ARGV[1]) FROM "gone" g));
  RETURN NULL;
END $$;
CREATE FUNCTION tell_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unseen text[] := TG_ARGV[2:];
BEGIN
  PERFORM tell_pages(TG_ARGV[0], (
    WITH "after" AS (SELECT to_jsonb(f) - unseen AS "row" FROM "fresh" f), "before" AS (SELECT to_jsonb(g) - unseen AS "row" FROM "gone" g)
    SELECT array_agg(DISTINCT "row" ->> TG_ARGV[1]) FROM (
      (TABLE "after" EXCEPT ALL TABLE "before") UNION ALL (TABLE "before" EXCEPT ALL TABLE "after")
    ) "changed"
  ));
  RETURN NULL;
END $$;

CREATE TRIGGER "model_services_tell_insert" AFTER INSERT ON "model_services"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('workspace', 'workspaceId');
CREATE TRIGGER "model_services_tell_delete" AFTER DELETE ON "model_services"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION tell_deleted('workspace', 'workspaceId');
CREATE TRIGGER "model_services_tell_update" AFTER UPDATE ON "model_services"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated(
    'workspace', 'workspaceId',
    'observedGeneration', 'leaseHolder', 'leaseUntil', 'leaseFence', 'createdById'
  );

CREATE TRIGGER "instances_tell_insert" AFTER INSERT ON "instances"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('service', 'serviceId');
CREATE TRIGGER "instances_tell_delete" AFTER DELETE ON "instances"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION tell_deleted('service', 'serviceId');
CREATE TRIGGER "instances_tell_update" AFTER UPDATE ON "instances"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated(
    'service', 'serviceId',
    'token', 'pid', 'pidStartedAt', 'nonce', 'logFile', 'host', 'podName', 'failures'
  );

-- What stands beside an instance on its service's page.
CREATE TRIGGER "service_events_tell_insert" AFTER INSERT ON "service_events"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('service', 'serviceId');
CREATE TRIGGER "instance_runs_tell_insert" AFTER INSERT ON "instance_runs"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('service', 'serviceId');
-- A log's growth is no change of its run: who looks at it asks for its lines.
CREATE TRIGGER "instance_runs_tell_update" AFTER UPDATE ON "instance_runs"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated(
    'service', 'serviceId',
    'nonce', 'pid', 'pidStartedAt', 'logCursor', 'logLines', 'logComplete'
  );
-- Another price from here on; charges and ends come with changes of the instance.
CREATE TRIGGER "instance_intervals_tell_insert" AFTER INSERT ON "instance_intervals"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('service', 'serviceId');

CREATE TRIGGER "models_tell_insert" AFTER INSERT ON "models"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('model', 'id');
CREATE TRIGGER "models_tell_update" AFTER UPDATE ON "models"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated('model', 'id', 'updatedAt');
CREATE TRIGGER "model_weights_tell_insert" AFTER INSERT ON "model_weights"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('model', 'modelId');
CREATE TRIGGER "model_weights_tell_update" AFTER UPDATE ON "model_weights"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated('model', 'modelId', 'updatedAt');
CREATE TRIGGER "token_prices_tell_insert" AFTER INSERT ON "token_prices"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('model', 'modelId');

-- Where instances run and at what price: on the pages of services and on those of models.
CREATE TRIGGER "regions_tell_update" AFTER UPDATE ON "regions"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated('place', 'id', 'createdAt', 'settings');
CREATE TRIGGER "instance_types_tell_update" AFTER UPDATE ON "instance_types"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_updated('place', 'id', 'createdAt');
CREATE TRIGGER "instance_prices_tell_insert" AFTER INSERT ON "instance_prices"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION tell_inserted('place', 'id');
