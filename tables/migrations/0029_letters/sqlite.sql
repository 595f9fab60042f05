-- By which way a code reaches its reader, and, while it waits to be sent by e-mail, the code itself under seal.
ALTER TABLE "capability" ADD COLUMN "channel" VARCHAR(16) NOT NULL DEFAULT '';
ALTER TABLE "capability" ADD COLUMN "secret" BLOB;
-- Letters to people who have no account yet.
ALTER TABLE "outbox" ADD COLUMN "record" UUID REFERENCES "record" ("id") ON DELETE RESTRICT;
CREATE INDEX outbox_record ON outbox (record) WHERE record IS NOT NULL;
CREATE INDEX record_email ON record (LOWER(email)) WHERE email IS NOT NULL;
CREATE INDEX capability_secret ON capability (ends_at) WHERE secret IS NOT NULL;
