-- Addresses are named on pages of their own, and one is once on an account.
CREATE TABLE "account_address_new" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "value" TEXT NOT NULL,
  "confirmed_at" TIMESTAMPTZ,
  "ended_at" TIMESTAMPTZ
);
INSERT INTO "account_address_new" ("id", "ref", "account", "kind", "value", "confirmed_at", "ended_at")
  SELECT "id", lower(hex(randomblob(11))), "account", "kind", "value", "confirmed_at", "ended_at" FROM "account_address";
DROP TABLE "account_address";
ALTER TABLE "account_address_new" RENAME TO "account_address";
CREATE INDEX "account_address_account" ON "account_address" ("account");
CREATE UNIQUE INDEX account_address_once ON account_address (account, kind, lower(value)) WHERE ended_at IS NULL;
-- A code that was sent to somebody, to be typed by them.
CREATE TABLE "sent_code" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "purpose" VARCHAR(24) NOT NULL,
  "object" VARCHAR(36) NOT NULL,
  "hash" BLOB NOT NULL,
  "secret" BLOB,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "failures" BIGINT NOT NULL,
  "ended_at" TIMESTAMPTZ
);
CREATE INDEX "sent_code_account" ON "sent_code" ("account");
CREATE UNIQUE INDEX sent_code_live ON sent_code (purpose, object) WHERE ended_at IS NULL;
CREATE INDEX sent_code_ends ON sent_code (ends_at);
-- What changed about where an account is written to, with the secret of the link that takes it back.
CREATE TABLE "address_change" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "address" UUID NOT NULL REFERENCES "account_address" ("id") ON DELETE RESTRICT,
  "did" VARCHAR(16) NOT NULL,
  "at" TIMESTAMPTZ NOT NULL,
  "secret" BLOB,
  "stopped_at" TIMESTAMPTZ
);
CREATE INDEX "address_change_account" ON "address_change" ("account");
-- The number that codes of this authenticator go to.
ALTER TABLE "authenticator" ADD COLUMN "address" UUID REFERENCES "account_address" ("id") ON DELETE RESTRICT;
