-- What people ask of the clinic, and what became of it.
CREATE TABLE "request" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "category" VARCHAR(24) NOT NULL,
  "topic" VARCHAR(24) NOT NULL,
  "duty" VARCHAR(24) NOT NULL,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "state" VARCHAR(16) NOT NULL,
  "answer" VARCHAR(24) NOT NULL,
  "subject_kind" VARCHAR(40) NOT NULL,
  "subject" VARCHAR(36) NOT NULL,
  "label" TEXT NOT NULL,
  "asked_by" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT,
  "assignee" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "asked_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "due_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "request_record" ON "request" ("record");
CREATE TABLE "request_step" (
  "id" UUID PRIMARY KEY NOT NULL,
  "request" UUID NOT NULL REFERENCES "request" ("id") ON DELETE RESTRICT,
  "at" TIMESTAMPTZ NOT NULL,
  "author" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT,
  "by_staff" VARCHAR(24) NOT NULL,
  "did" VARCHAR(16) NOT NULL,
  "answer" VARCHAR(24) NOT NULL,
  "sealed" BYTEA,
  "file" UUID REFERENCES "stored_file" ("id") ON DELETE RESTRICT
);
CREATE INDEX "request_step_request" ON "request_step" ("request");
CREATE INDEX request_list ON request (record, changed_at);
CREATE INDEX request_queue ON request (duty, state, due_at);
CREATE UNIQUE INDEX request_refill_open ON request (record, subject) WHERE kind = 'refill' AND state IN ('requested', 'in-progress');
