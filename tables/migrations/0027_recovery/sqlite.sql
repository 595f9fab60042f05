-- Ways back into an account, a password that was set anew by mail alone, and accounts that are frozen.
ALTER TABLE password ADD COLUMN by_mail_at TIMESTAMPTZ;
ALTER TABLE account ADD COLUMN frozen_at TIMESTAMPTZ;
ALTER TABLE account ADD COLUMN frozen_for VARCHAR(24) NOT NULL DEFAULT '';
CREATE INDEX account_address_mail ON account_address (lower(value)) WHERE confirmed_at IS NOT NULL AND ended_at IS NULL;
CREATE TABLE "recovery" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "proof" VARCHAR(24) NOT NULL,
  "started_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "started_at" TIMESTAMPTZ NOT NULL,
  "opens_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "ended_at" TIMESTAMPTZ,
  "secret" BLOB,
  "stop_secret" BLOB,
  "password" TEXT
);
CREATE INDEX "recovery_account" ON "recovery" ("account");
CREATE INDEX recovery_sealed ON recovery (ends_at) WHERE secret IS NOT NULL OR stop_secret IS NOT NULL OR password IS NOT NULL;
CREATE UNIQUE INDEX recovery_under_way ON recovery (account) WHERE state IN ('waiting', 'open') AND kind <> 'reset';
