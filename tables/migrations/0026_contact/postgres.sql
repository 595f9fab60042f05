-- Addresses are named on pages of their own, and one is once on an account.
ALTER TABLE "account_address" ADD COLUMN "ref" VARCHAR(22);
UPDATE "account_address" SET "ref" = substr(replace(gen_random_uuid()::text, '-', ''), 1, 22);
ALTER TABLE "account_address" ALTER COLUMN "ref" SET NOT NULL;
ALTER TABLE "account_address" ADD UNIQUE ("ref");
CREATE UNIQUE INDEX account_address_once ON account_address (account, kind, lower(value)) WHERE ended_at IS NULL;
-- A code that was sent to somebody, to be typed by them.
CREATE TABLE "sent_code" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "purpose" VARCHAR(24) NOT NULL,
  "object" VARCHAR(36) NOT NULL,
  "hash" BYTEA NOT NULL,
  "secret" BYTEA,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "failures" INTEGER NOT NULL,
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
  "secret" BYTEA,
  "stopped_at" TIMESTAMPTZ
);
CREATE INDEX "address_change_account" ON "address_change" ("account");
-- The number that codes of this authenticator go to.
ALTER TABLE "authenticator" ADD COLUMN "address" UUID REFERENCES "account_address" ("id") ON DELETE RESTRICT;
