-- Words that somebody began to write and has not sent.
CREATE TABLE "draft" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "path" VARCHAR(64) NOT NULL,
  "sealed" BYTEA NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "draft_record" ON "draft" ("record");
CREATE UNIQUE INDEX draft_once ON draft (account, record, path);
CREATE INDEX draft_changed ON draft (changed_at);
