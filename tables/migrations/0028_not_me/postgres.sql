-- Somebody said "this wasn't me": changes are locked, and staff see a case. What they pointed at is an entry of the audit.
ALTER TABLE "account" ADD COLUMN "changes_locked_at" TIMESTAMPTZ;
CREATE TABLE "support_case" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "kind" VARCHAR(16) NOT NULL,
  "account" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "state" VARCHAR(16) NOT NULL,
  "outcome" VARCHAR(24) NOT NULL,
  "pointed_at" BIGINT,
  "pointed_action" VARCHAR(40) NOT NULL,
  "assignee" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "opened_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "closed_at" TIMESTAMPTZ
);
CREATE UNIQUE INDEX support_case_open ON support_case (account) WHERE kind = 'not_me' AND state <> 'closed';
CREATE INDEX support_case_account ON support_case (account, opened_at) WHERE account IS NOT NULL;
CREATE INDEX support_case_list ON support_case (state, opened_at);
CREATE TABLE "support_note" (
  "id" UUID PRIMARY KEY NOT NULL,
  "support_case" UUID NOT NULL REFERENCES "support_case" ("id") ON DELETE RESTRICT,
  "at" TIMESTAMPTZ NOT NULL,
  "author" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "did" VARCHAR(16) NOT NULL,
  "came_as" VARCHAR(16) NOT NULL,
  "sealed" BYTEA
);
CREATE INDEX "support_note_support_case" ON "support_note" ("support_case");
-- What was done with an account, without all that was only looked at; and what somebody did about sharing.
CREATE INDEX audit_event_acts ON audit_event (subject, at) WHERE action NOT LIKE '%.see';
CREATE INDEX audit_event_shares ON audit_event (actor, at) WHERE action LIKE 'share.%';
CREATE INDEX outbox_account ON outbox (account, made_at) WHERE account IS NOT NULL;
