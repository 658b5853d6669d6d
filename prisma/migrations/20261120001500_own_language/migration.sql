-- Null: whoever it is has not chosen a language, and reads what their browser asks for.
ALTER TABLE "users" ALTER COLUMN "locale" DROP DEFAULT, ALTER COLUMN "locale" DROP NOT NULL;

-- Accounts were made with English where nobody had said anything.
UPDATE "users" u SET "locale" = NULL WHERE u."locale" = 'en' AND NOT EXISTS (
  SELECT FROM "audit_events" e WHERE e."targetId" = u."id" AND e."action" = 'user.update' AND e."data" -> 'changed' ? 'locale'
);
