-- Endpoints that stand already and that public services call.
CREATE TABLE "upstream_endpoints" (
  "id" TEXT NOT NULL,
  "serviceId" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "upstreamModel" TEXT NOT NULL,
  "credentialCipher" BYTEA,
  "weight" INTEGER NOT NULL DEFAULT 1,
  "maxConcurrency" INTEGER,
  "probePath" TEXT,
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "createdById" TEXT,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "upstream_endpoints_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "upstream_endpoints_serviceId_idx" ON "upstream_endpoints" ("serviceId");
ALTER TABLE "upstream_endpoints" ADD CONSTRAINT "upstream_endpoints_serviceId_fkey"
  FOREIGN KEY ("serviceId") REFERENCES "model_services" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
-- Adding one again changes it.
CREATE UNIQUE INDEX "upstream_endpoints_one_of_kind" ON "upstream_endpoints" ("serviceId", "url", "upstreamModel") WHERE "enabled";
ALTER TABLE "upstream_endpoints"
  -- An address with a user's name or a query could carry a secret that is not sealed.
  ADD CONSTRAINT "upstream_endpoints_url_form" CHECK ("url" ~ '^https?://[^/?#@[:space:]]+(/[^?#[:space:]]*[^/?#[:space:]])?$'),
  ADD CONSTRAINT "upstream_endpoints_model" CHECK (char_length("upstreamModel") BETWEEN 1 AND 200),
  ADD CONSTRAINT "upstream_endpoints_weight" CHECK ("weight" BETWEEN 1 AND 1000),
  ADD CONSTRAINT "upstream_endpoints_concurrency" CHECK ("maxConcurrency" BETWEEN 1 AND 100000),
  ADD CONSTRAINT "upstream_endpoints_removed" CHECK ("enabled" OR "credentialCipher" IS NULL);

-- Which endpoint an instance is; one live instance for each.
ALTER TABLE "instances" ADD COLUMN "upstreamEndpointId" TEXT;
ALTER TABLE "instances" ADD CONSTRAINT "instances_upstreamEndpointId_fkey"
  FOREIGN KEY ("upstreamEndpointId") REFERENCES "upstream_endpoints" ("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE UNIQUE INDEX "instances_one_of_endpoint" ON "instances" ("upstreamEndpointId") WHERE "state" <> 'stopped';

-- Gateways and deployers follow it: a changed credential, weight or bound takes effect without a restart.
CREATE TRIGGER "upstream_endpoints_note_insert" AFTER INSERT ON "upstream_endpoints"
  REFERENCING NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_inserted('catalog', 's:', 'serviceId');
CREATE TRIGGER "upstream_endpoints_note_delete" AFTER DELETE ON "upstream_endpoints"
  REFERENCING OLD TABLE AS "gone" FOR EACH STATEMENT EXECUTE FUNCTION note_deleted('catalog', 's:', 'serviceId');
CREATE TRIGGER "upstream_endpoints_note_update" AFTER UPDATE ON "upstream_endpoints"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 's:', 'serviceId',
    'probePath', 'createdById', 'createdAt', 'updatedAt'
  );
CREATE TRIGGER "upstream_endpoints_changed" AFTER INSERT OR UPDATE OR DELETE ON "upstream_endpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION bump_change('services');
