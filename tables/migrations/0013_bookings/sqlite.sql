-- What can be booked beside what the feed offers, and who has booked it.
CREATE TABLE "clinic_visit_type" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "name" TEXT NOT NULL,
  "minutes" BIGINT NOT NULL,
  "online" BOOLEAN NOT NULL,
  "instructions" TEXT
);
CREATE TABLE "slot_template" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "site" UUID NOT NULL REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "what" TEXT NOT NULL,
  "who" TEXT NOT NULL,
  "place" TEXT,
  "weekday" BIGINT NOT NULL,
  "begins" VARCHAR(5) NOT NULL,
  "ends" VARCHAR(5) NOT NULL,
  "minutes" BIGINT NOT NULL,
  "first_day" VARCHAR(10) NOT NULL,
  "last_day" VARCHAR(10) NOT NULL,
  "made_until" VARCHAR(10) NOT NULL,
  "ended_at" TIMESTAMPTZ,
  "made_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "made_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "clinic_closure" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "site" UUID NOT NULL REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "who" TEXT NOT NULL,
  "starts_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "lifted_at" TIMESTAMPTZ,
  "made_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "made_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "clinic_closure_site" ON "clinic_closure" ("site");
CREATE TABLE "booking" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "slot" UUID NOT NULL REFERENCES "slot" ("id") ON DELETE RESTRICT,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "state" VARCHAR(16) NOT NULL,
  "label" TEXT NOT NULL,
  "who" TEXT NOT NULL,
  "place" TEXT NOT NULL,
  "wall_text" VARCHAR(16) NOT NULL,
  "zone" VARCHAR(64) NOT NULL,
  "starts_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "moves" BIGINT NOT NULL,
  "asked_by" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT,
  "by_staff" VARCHAR(24) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "booking_step" (
  "id" UUID PRIMARY KEY NOT NULL,
  "booking" UUID NOT NULL REFERENCES "booking" ("id") ON DELETE RESTRICT,
  "at" TIMESTAMPTZ NOT NULL,
  "author" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "share" UUID REFERENCES "share" ("id") ON DELETE RESTRICT,
  "by_staff" VARCHAR(24) NOT NULL,
  "did" VARCHAR(16) NOT NULL,
  "starts_at" TIMESTAMPTZ NOT NULL,
  "reason" VARCHAR(24) NOT NULL,
  "sealed" BLOB
);
CREATE INDEX "booking_step_booking" ON "booking_step" ("booking");
CREATE UNIQUE INDEX clinic_visit_type_name ON clinic_visit_type (name);
CREATE INDEX slot_template_site ON slot_template (site, ended_at);
CREATE INDEX clinic_closure_times ON clinic_closure (ends_at, starts_at);
CREATE UNIQUE INDEX booking_slot ON booking (slot) WHERE state = 'booked';
CREATE INDEX booking_list ON booking (record, starts_at);
CREATE INDEX booking_day ON booking (site, starts_at);
