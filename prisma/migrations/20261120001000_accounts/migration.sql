-- Keys: switched off and on, and replaced with a grace period in which the old one still works.
ALTER TABLE "api_keys"
  ADD COLUMN "disabledAt" TIMESTAMPTZ(3),
  ADD COLUMN "graceUntil" TIMESTAMPTZ(3),
  ADD COLUMN "rotatedFromId" TEXT;
CREATE UNIQUE INDEX "api_keys_rotatedFromId_key" ON "api_keys" ("rotatedFromId");
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_rotatedFromId_fkey" FOREIGN KEY ("rotatedFromId") REFERENCES "api_keys" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
  ADD CONSTRAINT "api_keys_rotated_from_another" CHECK ("rotatedFromId" <> "id");

-- Accounts: deleted ones, sign-in elsewhere, and links that set a new password.
ALTER TABLE "users"
  ADD COLUMN "deletedAt" TIMESTAMPTZ(3),
  ADD CONSTRAINT "users_deleted" CHECK ("deletedAt" IS NULL OR ("status" = 'disabled' AND "passwordHash" IS NULL));

CREATE TABLE "identities" (
  "provider" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "userId" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "lastUsedAt" TIMESTAMPTZ(3),
  CONSTRAINT "identities_pkey" PRIMARY KEY ("provider", "subject")
);
CREATE UNIQUE INDEX "identities_userId_provider_key" ON "identities" ("userId", "provider");
ALTER TABLE "identities"
  ADD CONSTRAINT "identities_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "identities_provider" CHECK ("provider" IN ('oidc', 'github')),
  ADD CONSTRAINT "identities_subject" CHECK (char_length("subject") BETWEEN 1 AND 1000);

CREATE TABLE "password_resets" (
  "tokenHash" BYTEA NOT NULL,
  "userId" TEXT NOT NULL,
  "expiresAt" TIMESTAMPTZ(3) NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "password_resets_pkey" PRIMARY KEY ("tokenHash")
);
CREATE INDEX "password_resets_userId_idx" ON "password_resets" ("userId");
ALTER TABLE "password_resets"
  ADD CONSTRAINT "password_resets_userId_fkey" FOREIGN KEY ("userId") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "password_resets_hash_sha256" CHECK (octet_length("tokenHash") = 32);

-- A deletion's moment is in no snapshot; the status that comes with it is.
CREATE OR REPLACE TRIGGER "users_note_update" AFTER UPDATE ON "users"
  REFERENCING OLD TABLE AS "gone" NEW TABLE AS "fresh" FOR EACH STATEMENT EXECUTE FUNCTION note_updated(
    'keys', 'u:', 'id',
    'email', 'name', 'passwordHash', 'role', 'locale', 'createdAt', 'updatedAt', 'deletedAt'
  );
