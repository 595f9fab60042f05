-- People who help: invitations, what a share took the place of, and who ended it. One account holds one share of a
-- record at a time.
ALTER TABLE share ADD COLUMN revoked_by UUID REFERENCES account (id) ON DELETE RESTRICT;
ALTER TABLE share ADD COLUMN replaces UUID REFERENCES share (id) ON DELETE RESTRICT;
CREATE UNIQUE INDEX share_replaced ON share (replaces) WHERE replaces IS NOT NULL;
CREATE UNIQUE INDEX share_standing ON share (account, record) WHERE revoked_at IS NULL;
CREATE TABLE "invitation" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "invited_by" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "name" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "email_key" TEXT NOT NULL,
  "says_name" BOOLEAN NOT NULL,
  "scopes" JSON NOT NULL,
  "share_ends_at" TIMESTAMPTZ,
  "state" VARCHAR(16) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "secret" BLOB,
  "code_hash" BLOB NOT NULL,
  "failures" BIGINT NOT NULL,
  "answered_at" TIMESTAMPTZ,
  "answered_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT
);
CREATE INDEX "invitation_record" ON "invitation" ("record");
CREATE INDEX invitation_email ON invitation (email_key) WHERE state = 'pending';
CREATE UNIQUE INDEX invitation_waiting ON invitation (record, email_key) WHERE state = 'pending';
CREATE UNIQUE INDEX invitation_share ON invitation (share) WHERE share IS NOT NULL;
