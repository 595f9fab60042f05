-- Who owes what: statements, payments under way, and a ledger whose rows are only ever added.
ALTER TABLE invoice ADD COLUMN parts JSON;
ALTER TABLE charge_item ADD COLUMN encounter_ref TEXT;
CREATE TABLE "guarantor_account" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "holder" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "number" VARCHAR(16) NOT NULL,
  "opened_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "statement" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "guarantor" UUID NOT NULL REFERENCES "guarantor_account" ("id") ON DELETE RESTRICT,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "invoice" UUID REFERENCES "invoice" ("id") ON DELETE RESTRICT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "number" TEXT NOT NULL,
  "currency" VARCHAR(3) NOT NULL,
  "terms" TEXT,
  "issued_text" VARCHAR(64) NOT NULL,
  "issued_precision" VARCHAR(8) NOT NULL,
  "issued_starts" TIMESTAMPTZ,
  "issued_ends" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "made_at" TIMESTAMPTZ NOT NULL,
  "locks" BIGINT NOT NULL
);
CREATE INDEX "statement_guarantor" ON "statement" ("guarantor");
CREATE INDEX "statement_record" ON "statement" ("record");
CREATE TABLE "statement_line" (
  "id" UUID PRIMARY KEY NOT NULL,
  "statement" UUID NOT NULL REFERENCES "statement" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "place" BIGINT NOT NULL,
  "label" TEXT NOT NULL
);
CREATE INDEX "statement_line_statement" ON "statement_line" ("statement");
CREATE TABLE "payment" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "number" VARCHAR(16) NOT NULL,
  "guarantor" UUID NOT NULL REFERENCES "guarantor_account" ("id") ON DELETE RESTRICT,
  "statement" UUID NOT NULL REFERENCES "statement" ("id") ON DELETE RESTRICT,
  "amount" BIGINT NOT NULL,
  "currency" VARCHAR(3) NOT NULL,
  "method" VARCHAR(16) NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "session" VARCHAR(160),
  "address" TEXT,
  "charged" VARCHAR(160),
  "taken" BIGINT,
  "note" TEXT,
  "asked_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ,
  "checked_at" TIMESTAMPTZ,
  "settled_at" TIMESTAMPTZ
);
CREATE INDEX "payment_guarantor" ON "payment" ("guarantor");
CREATE INDEX "payment_statement" ON "payment" ("statement");
CREATE TABLE "refund" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "payment" UUID NOT NULL REFERENCES "payment" ("id") ON DELETE RESTRICT,
  "amount" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "reason" TEXT NOT NULL,
  "made_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "made_at" TIMESTAMPTZ NOT NULL,
  "settled_at" TIMESTAMPTZ
);
CREATE INDEX "refund_payment" ON "refund" ("payment");
CREATE TABLE "ledger_transaction" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "guarantor" UUID NOT NULL REFERENCES "guarantor_account" ("id") ON DELETE RESTRICT,
  "statement" UUID NOT NULL REFERENCES "statement" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "place" BIGINT NOT NULL,
  "currency" VARCHAR(3) NOT NULL,
  "payment" UUID REFERENCES "payment" ("id") ON DELETE RESTRICT,
  "refund" UUID REFERENCES "refund" ("id") ON DELETE RESTRICT,
  "on_text" VARCHAR(64) NOT NULL,
  "on_precision" VARCHAR(8) NOT NULL,
  "on_starts" TIMESTAMPTZ,
  "on_ends" TIMESTAMPTZ,
  "dedupe" VARCHAR(160) NOT NULL,
  "recorded_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "recorded_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "ledger_transaction_guarantor" ON "ledger_transaction" ("guarantor");
CREATE INDEX "ledger_transaction_statement" ON "ledger_transaction" ("statement");
CREATE TABLE "ledger_entry" (
  "id" UUID PRIMARY KEY NOT NULL,
  "posting" UUID NOT NULL REFERENCES "ledger_transaction" ("id") ON DELETE RESTRICT,
  "statement" UUID NOT NULL REFERENCES "statement" ("id") ON DELETE RESTRICT,
  "guarantor" UUID NOT NULL REFERENCES "guarantor_account" ("id") ON DELETE RESTRICT,
  "book" VARCHAR(16) NOT NULL,
  "amount" BIGINT NOT NULL,
  "currency" VARCHAR(3) NOT NULL
);
CREATE INDEX "ledger_entry_posting" ON "ledger_entry" ("posting");
CREATE UNIQUE INDEX guarantor_account_holder ON guarantor_account (holder);
CREATE UNIQUE INDEX guarantor_account_number ON guarantor_account (number);
CREATE UNIQUE INDEX statement_invoice ON statement (invoice) WHERE invoice IS NOT NULL;
CREATE UNIQUE INDEX statement_line_once ON statement_line (statement, kind, place);
CREATE UNIQUE INDEX payment_number ON payment (number);
CREATE UNIQUE INDEX payment_session ON payment (session) WHERE session IS NOT NULL;
CREATE INDEX payment_open ON payment (statement, ends_at) WHERE state IN ('made', 'sent');
CREATE UNIQUE INDEX ledger_transaction_once ON ledger_transaction (dedupe);
CREATE INDEX ledger_entry_statement ON ledger_entry (statement, book);
CREATE INDEX ledger_entry_guarantor ON ledger_entry (guarantor, book);
CREATE TRIGGER ledger_transaction_stays BEFORE UPDATE ON ledger_transaction BEGIN SELECT RAISE(ABORT, 'ledger rows are only ever added'); END;
CREATE TRIGGER ledger_transaction_is_kept BEFORE DELETE ON ledger_transaction BEGIN SELECT RAISE(ABORT, 'ledger rows are only ever added'); END;
CREATE TRIGGER ledger_entry_stays BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger rows are only ever added'); END;
CREATE TRIGGER ledger_entry_is_kept BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger rows are only ever added'); END;
