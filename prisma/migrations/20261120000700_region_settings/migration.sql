-- What a region's driver needs to know: where its cluster is, and how gateways reach it.
ALTER TABLE "regions" ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
ALTER TABLE "regions" ADD CONSTRAINT "regions_settings" CHECK (jsonb_typeof("settings") = 'object');

-- Gateways know regions by their names; settings are the deployer's.
DROP TRIGGER "regions_note_update" ON "regions";
CREATE TRIGGER "regions_note_update" AFTER UPDATE ON "regions"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'catalog', 'r:', 'id',
    'labelEn', 'labelZh', 'createdAt', 'settings'
  );
