-- What a model runs on gets rows of its own, and models may belong to one workspace.
CREATE TYPE "WeightsSource" AS ENUM ('bundled', 'hub', 'import');
CREATE TYPE "WeightsHub" AS ENUM ('huggingface', 'modelscope');
CREATE TYPE "WeightsFormat" AS ENUM ('gguf', 'safetensors');

CREATE TABLE "model_weights" (
    "id" TEXT NOT NULL,
    "modelId" TEXT NOT NULL,
    "source" "WeightsSource" NOT NULL,
    "hub" "WeightsHub",
    "repository" TEXT NOT NULL DEFAULT '',
    "revision" TEXT NOT NULL DEFAULT '',
    "file" TEXT NOT NULL,
    "projectorFile" TEXT,
    "sizeBytes" BIGINT,
    "sha256" TEXT,
    "format" "WeightsFormat" NOT NULL,
    "architecture" TEXT,
    "chatTemplate" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_weights_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "model_weights_modelId_key" ON "model_weights"("modelId");
ALTER TABLE "model_weights" ADD CONSTRAINT "model_weights_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO "model_weights" ("id", "modelId", "source", "file", "format", "updatedAt")
  SELECT 'wts_' || substr("id", 5), "id", 'bundled', "weightsFile", 'gguf', CURRENT_TIMESTAMP FROM "models" WHERE "weightsFile" IS NOT NULL;

-- Its check goes with it.
ALTER TABLE "models" DROP COLUMN "weightsFile";
ALTER TABLE "models" ADD COLUMN "workspaceId" TEXT, ADD COLUMN "deletedAt" TIMESTAMPTZ(3);
CREATE INDEX "models_workspaceId_idx" ON "models"("workspaceId");
ALTER TABLE "models" ADD CONSTRAINT "models_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "workspaces"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What one workspace brought is for its own instances alone: never priced by token, never shown as the platform's.
ALTER TABLE "models" ADD CONSTRAINT "models_own_dedicated" CHECK ("workspaceId" IS NULL OR ("offersDedicated" AND NOT "offersToken" AND NOT "hot" AND NOT "demo"));

-- File names below the store or a repository, never a path out of it, never a flag.
CREATE FUNCTION is_inside(path text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT path ~ '^[A-Za-z0-9_][A-Za-z0-9._+@ -]*(/[A-Za-z0-9_][A-Za-z0-9._+@ -]*)*$'
$$;
ALTER TABLE "model_weights"
  ADD CONSTRAINT "model_weights_inside" CHECK (
    (is_inside("file") OR ("file" = '' AND "format" = 'safetensors')) AND ("projectorFile" IS NULL OR is_inside("projectorFile"))
  ),
  ADD CONSTRAINT "model_weights_hub" CHECK (("source" = 'hub') = ("hub" IS NOT NULL)),
  ADD CONSTRAINT "model_weights_repository" CHECK (
    CASE WHEN "source" = 'hub'
      THEN "repository" ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$' AND "revision" ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$'
      ELSE "repository" = '' AND "revision" = '' END
  ),
  ADD CONSTRAINT "model_weights_sizes" CHECK (("sizeBytes" IS NULL OR "sizeBytes" > 0) AND ("sha256" IS NULL OR "sha256" ~ '^[0-9a-f]{64}$'));

-- A service that waits for weights is looked at again once they are told.
CREATE TRIGGER "model_weights_changed" AFTER INSERT OR UPDATE ON "model_weights"
  FOR EACH STATEMENT EXECUTE FUNCTION bump_change('services');
