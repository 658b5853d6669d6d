-- How long a request an instance takes where its memory does not hold the model's whole context: what a token takes, known from
-- the weights before anything is started, and what an instance was started with.
ALTER TABLE "model_weights" ADD COLUMN "cacheBytesPerToken" INTEGER;
ALTER TABLE "model_weights" ADD CONSTRAINT "model_weights_cache" CHECK ("cacheBytesPerToken" IS NULL OR "cacheBytesPerToken" > 0);
ALTER TABLE "instances" ADD COLUMN "contextLength" INTEGER;
ALTER TABLE "instances" ADD CONSTRAINT "instances_context" CHECK ("contextLength" IS NULL OR "contextLength" > 0);

-- The weights that come with Hydra, in an installation that has them already.
UPDATE "model_weights" SET "cacheBytesPerToken" = 3840, "sizeBytes" = 2598272
  WHERE "source" = 'bundled' AND "file" = 'hydra-tiny/tiny-chat.gguf';
