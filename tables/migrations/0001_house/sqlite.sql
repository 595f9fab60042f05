-- The first schema: people, records, shares, clinical rows, feeds, audit and work.
CREATE TABLE "installation" (
  "id" UUID PRIMARY KEY NOT NULL,
  "demo" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "clinic_site" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "name" TEXT NOT NULL,
  "zone" VARCHAR(64) NOT NULL,
  "phone" VARCHAR(40) NOT NULL,
  "address" TEXT,
  "active" BOOLEAN NOT NULL
);
CREATE TABLE "clinic_text" (
  "id" UUID PRIMARY KEY NOT NULL,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "name" VARCHAR(80) NOT NULL,
  "locale" VARCHAR(16) NOT NULL,
  "text" TEXT NOT NULL,
  "since" TIMESTAMPTZ NOT NULL,
  "written_by" VARCHAR(40)
);
CREATE TABLE "clinic_setting" (
  "id" UUID PRIMARY KEY NOT NULL,
  "name" VARCHAR(80) NOT NULL,
  "value" JSON NOT NULL,
  "since" TIMESTAMPTZ NOT NULL,
  "version" BIGINT NOT NULL
);
CREATE TABLE "account" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "kind" VARCHAR(16) NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "username" VARCHAR(64) NOT NULL,
  "username_key" VARCHAR(200) NOT NULL,
  "name" TEXT NOT NULL,
  "called" TEXT,
  "locale" VARCHAR(16) NOT NULL,
  "text_size" VARCHAR(16) NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "account_address" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "value" TEXT NOT NULL,
  "confirmed_at" TIMESTAMPTZ,
  "ended_at" TIMESTAMPTZ
);
CREATE INDEX "account_address_account" ON "account_address" ("account");
CREATE TABLE "password" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "hash" TEXT NOT NULL,
  "set_at" TIMESTAMPTZ NOT NULL,
  "failures" BIGINT NOT NULL,
  "stopped_until" TIMESTAMPTZ
);
CREATE TABLE "authenticator" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "kind" VARCHAR(16) NOT NULL,
  "name" TEXT NOT NULL,
  "secret" BLOB,
  "credential_id" BLOB,
  "public_key" BLOB,
  "sign_count" BIGINT NOT NULL,
  "last_step" BIGINT NOT NULL,
  "failures" BIGINT NOT NULL,
  "stopped_until" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ NOT NULL,
  "confirmed_at" TIMESTAMPTZ,
  "last_used_at" TIMESTAMPTZ,
  "ended_at" TIMESTAMPTZ
);
CREATE INDEX "authenticator_account" ON "authenticator" ("account");
CREATE TABLE "one_time_code" (
  "id" UUID PRIMARY KEY NOT NULL,
  "sheet" UUID NOT NULL REFERENCES "authenticator" ("id") ON DELETE RESTRICT,
  "hash" BLOB NOT NULL,
  "used_at" TIMESTAMPTZ
);
CREATE INDEX "one_time_code_sheet" ON "one_time_code" ("sheet");
CREATE TABLE "staff_duty" (
  "id" UUID PRIMARY KEY NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "duty" VARCHAR(24) NOT NULL,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "started_at" TIMESTAMPTZ NOT NULL,
  "ended_at" TIMESTAMPTZ
);
CREATE INDEX "staff_duty_account" ON "staff_duty" ("account");
CREATE TABLE "session" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "token" BLOB NOT NULL,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "level" VARCHAR(16) NOT NULL,
  "csrf" BLOB NOT NULL,
  "created_at" TIMESTAMPTZ NOT NULL,
  "last_seen_at" TIMESTAMPTZ NOT NULL,
  "proven_at" TIMESTAMPTZ,
  "idle_seconds" BIGINT NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "shared" BOOLEAN NOT NULL,
  "device" TEXT NOT NULL,
  "revoked_at" TIMESTAMPTZ,
  "end_reason" VARCHAR(24) NOT NULL
);
CREATE INDEX "session_account" ON "session" ("account");
CREATE TABLE "rate_bucket" (
  "id" UUID PRIMARY KEY NOT NULL,
  "count" BIGINT NOT NULL,
  "name" VARCHAR(160) NOT NULL,
  "period" BIGINT NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "record" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "state" VARCHAR(16) NOT NULL,
  "merged_into" UUID REFERENCES "record" ("id") ON DELETE RESTRICT,
  "number" VARCHAR(64),
  "name" TEXT NOT NULL,
  "given" TEXT NOT NULL,
  "family" TEXT NOT NULL,
  "name_key" TEXT NOT NULL,
  "birth_text" VARCHAR(10) NOT NULL,
  "sex" VARCHAR(16) NOT NULL,
  "phone" TEXT,
  "email" TEXT,
  "address" TEXT,
  "deceased_text" VARCHAR(40),
  "desk_only" BOOLEAN NOT NULL,
  "site" UUID REFERENCES "clinic_site" ("id") ON DELETE RESTRICT,
  "created_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "record_source" (
  "id" UUID PRIMARY KEY NOT NULL,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "first_record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "linked_at" TIMESTAMPTZ NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "disputed_at" TIMESTAMPTZ,
  "merged_by" VARCHAR(200)
);
CREATE INDEX "record_source_record" ON "record_source" ("record");
CREATE TABLE "share" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "basis" VARCHAR(16) NOT NULL,
  "starts_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ,
  "review_at" TIMESTAMPTZ,
  "revoked_at" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ NOT NULL,
  "created_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT
);
CREATE INDEX "share_account" ON "share" ("account");
CREATE INDEX "share_record" ON "share" ("record");
CREATE TABLE "share_scope" (
  "id" UUID PRIMARY KEY NOT NULL,
  "share" UUID NOT NULL REFERENCES "share" ("id") ON DELETE RESTRICT,
  "category" VARCHAR(24) NOT NULL,
  "action" VARCHAR(8) NOT NULL
);
CREATE INDEX "share_scope_share" ON "share_scope" ("share");
CREATE TABLE "item_privacy" (
  "id" UUID PRIMARY KEY NOT NULL,
  "record" UUID NOT NULL REFERENCES "record" ("id") ON DELETE RESTRICT,
  "fhir_type" VARCHAR(40) NOT NULL,
  "item" VARCHAR(36) NOT NULL,
  "since" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "item_privacy_record" ON "item_privacy" ("record");
CREATE TABLE "audit_chain" (
  "id" BIGINT PRIMARY KEY NOT NULL,
  "process" VARCHAR(80) NOT NULL,
  "opened_at" TIMESTAMPTZ NOT NULL,
  "heads" VARCHAR(4000) NOT NULL,
  "closed_at" TIMESTAMPTZ,
  "closed_count" BIGINT
);
CREATE TABLE "audit_event" (
  "id" INTEGER PRIMARY KEY,
  "objects" VARCHAR(160) NOT NULL,
  "chain" BIGINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor" UUID,
  "behalf" UUID,
  "subject" UUID,
  "action" VARCHAR(40) NOT NULL,
  "decision" VARCHAR(12) NOT NULL,
  "reason" VARCHAR(24) NOT NULL,
  "purpose" VARCHAR(16) NOT NULL,
  "shown" BIGINT NOT NULL,
  "mac" BLOB NOT NULL
);
CREATE TABLE "used_key" (
  "id" UUID PRIMARY KEY NOT NULL,
  "hash" BLOB NOT NULL,
  "actor" VARCHAR(64) NOT NULL,
  "route" VARCHAR(160) NOT NULL,
  "body" BLOB NOT NULL,
  "outcome" VARCHAR(400) NOT NULL,
  "at" TIMESTAMPTZ NOT NULL
);
CREATE TABLE "parked_form" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "account" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "session" UUID NOT NULL REFERENCES "session" ("id") ON DELETE RESTRICT,
  "path" VARCHAR(400) NOT NULL,
  "record" UUID REFERENCES "record" ("id") ON DELETE RESTRICT,
  "sealed" BLOB NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX "parked_form_account" ON "parked_form" ("account");
CREATE TABLE "capability" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "hash" BLOB NOT NULL,
  "purpose" VARCHAR(24) NOT NULL,
  "object_kind" VARCHAR(40) NOT NULL,
  "object" VARCHAR(36) NOT NULL,
  "issued_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "issued_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL,
  "uses" BIGINT NOT NULL,
  "uses_allowed" BIGINT NOT NULL,
  "used_by" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "failures" BIGINT NOT NULL,
  "revoked_at" TIMESTAMPTZ
);
CREATE TABLE "encounter" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "class_code" VARCHAR(16) NOT NULL,
  "label" TEXT NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "reason" TEXT,
  "reasons" JSON,
  "diagnoses" JSON,
  "participants" JSON,
  "place" TEXT,
  "organization" TEXT
);
CREATE INDEX "encounter_patient" ON "encounter" ("patient");
CREATE TABLE "composition" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "title" TEXT NOT NULL,
  "loinc" VARCHAR(32) NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "author" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "sections" JSON,
  "attachments" JSON
);
CREATE INDEX "composition_patient" ON "composition" ("patient");
CREATE INDEX "composition_encounter" ON "composition" ("encounter");
CREATE TABLE "series" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "analyte" VARCHAR(200) NOT NULL,
  "unit" VARCHAR(64) NOT NULL,
  "category" VARCHAR(16) NOT NULL,
  "label" TEXT NOT NULL
);
CREATE INDEX "series_patient" ON "series" ("patient");
CREATE TABLE "diagnostic_report" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "category" VARCHAR(16) NOT NULL,
  "kind" VARCHAR(24) NOT NULL,
  "loinc" VARCHAR(32) NOT NULL,
  "label" TEXT NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "issued_at" TIMESTAMPTZ,
  "performer" TEXT,
  "conclusion" TEXT,
  "note" TEXT,
  "attachments" JSON,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "test_count" BIGINT NOT NULL
);
CREATE INDEX "diagnostic_report_patient" ON "diagnostic_report" ("patient");
CREATE INDEX "diagnostic_report_encounter" ON "diagnostic_report" ("encounter");
CREATE TABLE "observation" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "category" VARCHAR(16) NOT NULL,
  "kind" VARCHAR(24) NOT NULL,
  "loinc" VARCHAR(32) NOT NULL,
  "label" TEXT NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "issued_at" TIMESTAMPTZ,
  "value" JSON,
  "number" TEXT,
  "unit" VARCHAR(64) NOT NULL,
  "comparator" VARCHAR(4) NOT NULL,
  "interpretation" VARCHAR(16) NOT NULL,
  "range_low" TEXT,
  "range_high" TEXT,
  "range_text" TEXT,
  "ranges" JSON,
  "absent_reason" VARCHAR(64) NOT NULL,
  "specimen" TEXT,
  "method" TEXT,
  "performer" TEXT,
  "note" TEXT,
  "series" UUID REFERENCES "series" ("id") ON DELETE RESTRICT,
  "report" UUID REFERENCES "diagnostic_report" ("id") ON DELETE RESTRICT,
  "parent" UUID REFERENCES "observation" ("id") ON DELETE RESTRICT,
  "component" BIGINT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "previous" JSON,
  "panel" BOOLEAN NOT NULL
);
CREATE INDEX "observation_patient" ON "observation" ("patient");
CREATE INDEX "observation_series" ON "observation" ("series");
CREATE INDEX "observation_report" ON "observation" ("report");
CREATE INDEX "observation_parent" ON "observation" ("parent");
CREATE INDEX "observation_encounter" ON "observation" ("encounter");
CREATE TABLE "practitioner" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "given" TEXT,
  "family" TEXT,
  "qualification" TEXT,
  "phone" TEXT
);
CREATE TABLE "practitioner_role" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT,
  "specialty" TEXT,
  "practitioner_ref" TEXT,
  "organization_ref" TEXT
);
CREATE TABLE "organization" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT,
  "phone" TEXT,
  "address" TEXT
);
CREATE TABLE "location" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "kind" TEXT,
  "phone" TEXT,
  "address" TEXT,
  "organization_ref" TEXT
);
CREATE TABLE "named_resource" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "detail" TEXT
);
CREATE TABLE "person" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "links" JSON
);
CREATE TABLE "related_person" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "relationship" TEXT,
  "phone" TEXT,
  "email" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ
);
CREATE INDEX "related_person_patient" ON "related_person" ("patient");
CREATE TABLE "consent" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "scope" TEXT,
  "label" TEXT NOT NULL,
  "given_text" VARCHAR(64) NOT NULL,
  "given_precision" VARCHAR(8) NOT NULL,
  "given_starts" TIMESTAMPTZ,
  "given_ends" TIMESTAMPTZ,
  "provision" JSON,
  "organization" TEXT
);
CREATE INDEX "consent_patient" ON "consent" ("patient");
CREATE TABLE "medication_request" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "doses" JSON,
  "reason" TEXT,
  "note" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "intent" VARCHAR(32) NOT NULL,
  "requester" TEXT,
  "status_reason" TEXT,
  "quantity" TEXT,
  "refills" BIGINT,
  "supply_days" TEXT,
  "reported" BOOLEAN NOT NULL,
  "valid_text" VARCHAR(64) NOT NULL,
  "valid_precision" VARCHAR(8) NOT NULL,
  "valid_starts" TIMESTAMPTZ,
  "valid_ends" TIMESTAMPTZ
);
CREATE INDEX "medication_request_patient" ON "medication_request" ("patient");
CREATE INDEX "medication_request_encounter" ON "medication_request" ("encounter");
CREATE TABLE "medication_statement" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "doses" JSON,
  "reason" TEXT,
  "note" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "informant" TEXT,
  "status_reason" TEXT
);
CREATE INDEX "medication_statement_patient" ON "medication_statement" ("patient");
CREATE INDEX "medication_statement_encounter" ON "medication_statement" ("encounter");
CREATE TABLE "medication_dispense" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "doses" JSON,
  "reason" TEXT,
  "note" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "quantity" TEXT,
  "supply_days" TEXT,
  "performer" TEXT,
  "request_ref" TEXT
);
CREATE INDEX "medication_dispense_patient" ON "medication_dispense" ("patient");
CREATE INDEX "medication_dispense_encounter" ON "medication_dispense" ("encounter");
CREATE TABLE "medication_administration" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "doses" JSON,
  "reason" TEXT,
  "note" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT,
  "performer" TEXT,
  "request_ref" TEXT
);
CREATE INDEX "medication_administration_patient" ON "medication_administration" ("patient");
CREATE INDEX "medication_administration_encounter" ON "medication_administration" ("encounter");
CREATE TABLE "allergy_intolerance" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "none_known" BOOLEAN NOT NULL,
  "clinical_status" VARCHAR(32) NOT NULL,
  "verification" VARCHAR(32) NOT NULL,
  "kind" VARCHAR(32) NOT NULL,
  "categories" JSON,
  "criticality" VARCHAR(32) NOT NULL,
  "reactions" JSON,
  "onset_words" TEXT,
  "onset_text" VARCHAR(64) NOT NULL,
  "onset_precision" VARCHAR(8) NOT NULL,
  "onset_starts" TIMESTAMPTZ,
  "onset_ends" TIMESTAMPTZ,
  "recorded_text" VARCHAR(64) NOT NULL,
  "recorded_precision" VARCHAR(8) NOT NULL,
  "recorded_starts" TIMESTAMPTZ,
  "recorded_ends" TIMESTAMPTZ,
  "note" TEXT
);
CREATE INDEX "allergy_intolerance_patient" ON "allergy_intolerance" ("patient");
CREATE TABLE "condition" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "clinical_status" VARCHAR(32) NOT NULL,
  "verification" VARCHAR(32) NOT NULL,
  "category" VARCHAR(64) NOT NULL,
  "severity" TEXT,
  "body_site" TEXT,
  "onset_words" TEXT,
  "abatement_words" TEXT,
  "onset_text" VARCHAR(64) NOT NULL,
  "onset_precision" VARCHAR(8) NOT NULL,
  "onset_starts" TIMESTAMPTZ,
  "onset_ends" TIMESTAMPTZ,
  "abatement_text" VARCHAR(64) NOT NULL,
  "abatement_precision" VARCHAR(8) NOT NULL,
  "abatement_starts" TIMESTAMPTZ,
  "abatement_ends" TIMESTAMPTZ,
  "recorded_text" VARCHAR(64) NOT NULL,
  "recorded_precision" VARCHAR(8) NOT NULL,
  "recorded_starts" TIMESTAMPTZ,
  "recorded_ends" TIMESTAMPTZ,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "condition_patient" ON "condition" ("patient");
CREATE INDEX "condition_encounter" ON "condition" ("encounter");
CREATE TABLE "immunization" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "occurrence_words" TEXT,
  "occurrence_text" VARCHAR(64) NOT NULL,
  "occurrence_precision" VARCHAR(8) NOT NULL,
  "occurrence_starts" TIMESTAMPTZ,
  "occurrence_ends" TIMESTAMPTZ,
  "lot" TEXT,
  "dose" TEXT,
  "series" TEXT,
  "body_site" TEXT,
  "route" TEXT,
  "performer" TEXT,
  "place" TEXT,
  "manufacturer" TEXT,
  "not_done_reason" TEXT,
  "primary_source" BOOLEAN,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "immunization_patient" ON "immunization" ("patient");
CREATE INDEX "immunization_encounter" ON "immunization" ("encounter");
CREATE TABLE "care_plan" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "intent" VARCHAR(32) NOT NULL,
  "description" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "activities" JSON,
  "goals" JSON,
  "teams" JSON,
  "addresses" JSON,
  "author" TEXT,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "care_plan_patient" ON "care_plan" ("patient");
CREATE INDEX "care_plan_encounter" ON "care_plan" ("encounter");
CREATE TABLE "goal" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "achievement" VARCHAR(32) NOT NULL,
  "priority" TEXT,
  "start_text" VARCHAR(64) NOT NULL,
  "start_precision" VARCHAR(8) NOT NULL,
  "start_starts" TIMESTAMPTZ,
  "start_ends" TIMESTAMPTZ,
  "targets" JSON,
  "addresses" JSON,
  "note" TEXT
);
CREATE INDEX "goal_patient" ON "goal" ("patient");
CREATE TABLE "care_team" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "members" JSON,
  "reason" TEXT,
  "organization" TEXT,
  "phone" TEXT,
  "note" TEXT
);
CREATE INDEX "care_team_patient" ON "care_team" ("patient");
CREATE TABLE "imaging_study" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "modality" TEXT,
  "body_site" TEXT,
  "description" TEXT,
  "reason" TEXT,
  "referrer" TEXT,
  "place" TEXT,
  "series_count" BIGINT,
  "picture_count" BIGINT,
  "series" JSON,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "imaging_study_patient" ON "imaging_study" ("patient");
CREATE INDEX "imaging_study_encounter" ON "imaging_study" ("encounter");
CREATE TABLE "media" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "modality" TEXT,
  "body_site" TEXT,
  "reason" TEXT,
  "device" TEXT,
  "operator" TEXT,
  "attachments" JSON,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "issued_at" TIMESTAMPTZ,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "media_patient" ON "media" ("patient");
CREATE INDEX "media_encounter" ON "media" ("encounter");
CREATE TABLE "document_reference" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "loinc" VARCHAR(32) NOT NULL,
  "title" TEXT,
  "category" TEXT,
  "doc_status" VARCHAR(32) NOT NULL,
  "author" TEXT,
  "organization" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "about_text" VARCHAR(64) NOT NULL,
  "about_precision" VARCHAR(8) NOT NULL,
  "about_starts" TIMESTAMPTZ,
  "about_ends" TIMESTAMPTZ,
  "attachments" JSON,
  "note" TEXT,
  "replaces" JSON,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "document_reference_patient" ON "document_reference" ("patient");
CREATE INDEX "document_reference_encounter" ON "document_reference" ("encounter");
CREATE TABLE "procedure" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "category" TEXT,
  "effective_words" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "performer" TEXT,
  "place" TEXT,
  "reason" TEXT,
  "status_reason" TEXT,
  "body_site" TEXT,
  "outcome" TEXT,
  "complication" TEXT,
  "follow_up" TEXT,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "procedure_patient" ON "procedure" ("patient");
CREATE INDEX "procedure_encounter" ON "procedure" ("encounter");
CREATE TABLE "appointment" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "kind" TEXT,
  "specialty" TEXT,
  "description" TEXT,
  "starts_at" TIMESTAMPTZ,
  "ends_at" TIMESTAMPTZ,
  "minutes" BIGINT,
  "starts_text" VARCHAR(64) NOT NULL,
  "wished_text" VARCHAR(64) NOT NULL,
  "wished_precision" VARCHAR(8) NOT NULL,
  "wished_starts" TIMESTAMPTZ,
  "wished_ends" TIMESTAMPTZ,
  "participants" JSON,
  "place" TEXT,
  "reason" TEXT,
  "cancel_reason" TEXT,
  "instructions" TEXT,
  "note" TEXT,
  "slots" JSON
);
CREATE INDEX "appointment_patient" ON "appointment" ("patient");
CREATE TABLE "schedule" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "service" TEXT,
  "specialty" TEXT,
  "actors" JSON,
  "horizon_text" VARCHAR(64) NOT NULL,
  "horizon_precision" VARCHAR(8) NOT NULL,
  "horizon_starts" TIMESTAMPTZ,
  "horizon_ends" TIMESTAMPTZ,
  "note" TEXT
);
CREATE TABLE "slot" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "schedule_ref" VARCHAR(220) NOT NULL,
  "starts_at" TIMESTAMPTZ,
  "ends_at" TIMESTAMPTZ,
  "note" TEXT
);
CREATE TABLE "communication" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "sender" TEXT,
  "from_patient" BOOLEAN NOT NULL,
  "recipients" JSON,
  "text" TEXT,
  "attachments" JSON,
  "sent_text" VARCHAR(64) NOT NULL,
  "sent_at" TIMESTAMPTZ,
  "received_at" TIMESTAMPTZ,
  "part_of" TEXT,
  "in_response_to" TEXT,
  "medium" TEXT,
  "status_reason" TEXT,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "communication_patient" ON "communication" ("patient");
CREATE INDEX "communication_encounter" ON "communication" ("encounter");
CREATE TABLE "task" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "intent" VARCHAR(32) NOT NULL,
  "business_status" TEXT,
  "priority" VARCHAR(32) NOT NULL,
  "description" TEXT,
  "requester" TEXT,
  "owner" TEXT,
  "focus" TEXT,
  "authored_at" TIMESTAMPTZ,
  "modified_at" TIMESTAMPTZ,
  "due_text" VARCHAR(64) NOT NULL,
  "due_precision" VARCHAR(8) NOT NULL,
  "due_starts" TIMESTAMPTZ,
  "due_ends" TIMESTAMPTZ,
  "reason" TEXT,
  "outputs" JSON,
  "note" TEXT,
  "encounter" UUID REFERENCES "encounter" ("id") ON DELETE RESTRICT,
  "encounter_ref" TEXT
);
CREATE INDEX "task_patient" ON "task" ("patient");
CREATE INDEX "task_encounter" ON "task" ("encounter");
CREATE TABLE "invoice" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "number" TEXT,
  "label" TEXT NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "net" BIGINT,
  "gross" BIGINT,
  "currency" VARCHAR(3) NOT NULL,
  "lines" JSON,
  "issuer" TEXT,
  "recipient" TEXT,
  "account_ref" TEXT,
  "cancelled_reason" TEXT,
  "terms" TEXT,
  "note" TEXT
);
CREATE INDEX "invoice_patient" ON "invoice" ("patient");
CREATE TABLE "billing_account" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "number" TEXT,
  "kind" TEXT,
  "description" TEXT,
  "owner" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "guarantors" JSON,
  "coverages" JSON,
  "part_of" TEXT
);
CREATE INDEX "billing_account_patient" ON "billing_account" ("patient");
CREATE TABLE "charge_item" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "fhir_code" VARCHAR(64) NOT NULL,
  "quantity" TEXT,
  "price" BIGINT,
  "currency" VARCHAR(3) NOT NULL,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "account_ref" TEXT,
  "performer" TEXT,
  "reason" TEXT,
  "override_reason" TEXT,
  "note" TEXT
);
CREATE INDEX "charge_item_patient" ON "charge_item" ("patient");
CREATE TABLE "payment_notice" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "withdrawn_at" TIMESTAMPTZ,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "name" TEXT NOT NULL,
  "amount" BIGINT,
  "currency" VARCHAR(3) NOT NULL,
  "payment_status" VARCHAR(32) NOT NULL,
  "paid_text" VARCHAR(64) NOT NULL,
  "created_text" VARCHAR(64) NOT NULL,
  "request_ref" TEXT,
  "response_ref" TEXT,
  "recipient" TEXT
);
CREATE TABLE "explanation_of_benefit" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "use" VARCHAR(32) NOT NULL,
  "outcome" VARCHAR(32) NOT NULL,
  "disposition" TEXT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ,
  "created_at" TIMESTAMPTZ,
  "insurer" TEXT,
  "provider" TEXT,
  "facility" TEXT,
  "claim_ref" TEXT,
  "coverage" TEXT,
  "coverage_ref" TEXT,
  "payment" BIGINT,
  "currency" VARCHAR(3) NOT NULL,
  "totals" JSON,
  "lines" JSON
);
CREATE INDEX "explanation_of_benefit_patient" ON "explanation_of_benefit" ("patient");
CREATE TABLE "coverage" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "patient" UUID NOT NULL REFERENCES "record_source" ("id") ON DELETE RESTRICT,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "status" VARCHAR(40) NOT NULL,
  "released_at" TIMESTAMPTZ,
  "withdrawn_at" TIMESTAMPTZ,
  "sensitive" BOOLEAN NOT NULL,
  "corrected" BOOLEAN NOT NULL,
  "first_seen_at" TIMESTAMPTZ NOT NULL,
  "changed_at" TIMESTAMPTZ NOT NULL,
  "label" TEXT NOT NULL,
  "payer" TEXT,
  "member_number" TEXT,
  "subscriber" TEXT,
  "relationship" TEXT,
  "dependent" TEXT,
  "plan" TEXT,
  "group_name" TEXT,
  "group_number" TEXT,
  "network" TEXT,
  "rank" BIGINT,
  "effective_text" VARCHAR(64) NOT NULL,
  "effective_precision" VARCHAR(8) NOT NULL,
  "effective_starts" TIMESTAMPTZ,
  "effective_ends" TIMESTAMPTZ
);
CREATE INDEX "coverage_patient" ON "coverage" ("patient");
CREATE TABLE "import_run" (
  "id" UUID PRIMARY KEY NOT NULL,
  "source" VARCHAR(64) NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "digest" BLOB NOT NULL,
  "cursor" BIGINT NOT NULL,
  "report" JSON,
  "started_at" TIMESTAMPTZ NOT NULL,
  "ended_at" TIMESTAMPTZ
);
CREATE TABLE "raw_resource" (
  "id" UUID PRIMARY KEY NOT NULL,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "version" VARCHAR(80) NOT NULL,
  "sha256" BLOB NOT NULL,
  "body" BLOB NOT NULL,
  "current" BOOLEAN NOT NULL,
  "withdrawn" BOOLEAN NOT NULL,
  "updated_at" TIMESTAMPTZ,
  "context" JSON,
  "skipped" TEXT,
  "received_at" TIMESTAMPTZ NOT NULL,
  "run" VARCHAR(36) NOT NULL
);
CREATE TABLE "feed_identifier" (
  "id" UUID PRIMARY KEY NOT NULL,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "system" VARCHAR(400) NOT NULL,
  "value" VARCHAR(400) NOT NULL
);
CREATE TABLE "waiting_link" (
  "id" UUID PRIMARY KEY NOT NULL,
  "source" VARCHAR(64) NOT NULL,
  "fhir_type" VARCHAR(40) NOT NULL,
  "fhir_id" VARCHAR(200) NOT NULL,
  "target_type" VARCHAR(40) NOT NULL,
  "target_id" VARCHAR(820) NOT NULL,
  "met" BOOLEAN NOT NULL
);
CREATE TABLE "outbox" (
  "id" UUID PRIMARY KEY NOT NULL,
  "event" VARCHAR(40) NOT NULL,
  "object_kind" VARCHAR(40) NOT NULL,
  "object" VARCHAR(36) NOT NULL,
  "account" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "channel" VARCHAR(16) NOT NULL,
  "address" TEXT NOT NULL,
  "locale" VARCHAR(16) NOT NULL,
  "state" VARCHAR(16) NOT NULL,
  "dedupe" VARCHAR(160) NOT NULL,
  "attempts" BIGINT NOT NULL,
  "run_at" TIMESTAMPTZ NOT NULL,
  "lease_until" TIMESTAMPTZ,
  "lease_owner" VARCHAR(80) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "sent_at" TIMESTAMPTZ,
  "failure" VARCHAR(40) NOT NULL
);
CREATE TABLE "job" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "kind" VARCHAR(40) NOT NULL,
  "arguments" JSON NOT NULL,
  "account" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "record" UUID REFERENCES "record" ("id") ON DELETE RESTRICT,
  "state" VARCHAR(16) NOT NULL,
  "dedupe" VARCHAR(160),
  "attempts" BIGINT NOT NULL,
  "run_at" TIMESTAMPTZ NOT NULL,
  "lease_until" TIMESTAMPTZ,
  "lease_owner" VARCHAR(80) NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ended_at" TIMESTAMPTZ,
  "failure" VARCHAR(40) NOT NULL
);
CREATE TABLE "stored_file" (
  "id" UUID PRIMARY KEY NOT NULL,
  "ref" VARCHAR(22) NOT NULL UNIQUE,
  "record" UUID REFERENCES "record" ("id") ON DELETE RESTRICT,
  "account" UUID REFERENCES "account" ("id") ON DELETE RESTRICT,
  "media_type" VARCHAR(80) NOT NULL,
  "size" BIGINT NOT NULL,
  "sha256" BLOB NOT NULL,
  "made_at" TIMESTAMPTZ NOT NULL,
  "ends_at" TIMESTAMPTZ
);
CREATE INDEX "stored_file_record" ON "stored_file" ("record");
CREATE TABLE "file_chunk" (
  "id" UUID PRIMARY KEY NOT NULL,
  "file" UUID NOT NULL REFERENCES "stored_file" ("id") ON DELETE RESTRICT,
  "number" BIGINT NOT NULL,
  "sealed" BLOB NOT NULL
);
CREATE INDEX "file_chunk_file" ON "file_chunk" ("file");
CREATE UNIQUE INDEX installation_once ON installation ((1));
CREATE INDEX clinic_text_by_name ON clinic_text (name, locale, since);
CREATE UNIQUE INDEX clinic_setting_version ON clinic_setting (name, version);
CREATE UNIQUE INDEX account_username ON account (username_key);
CREATE UNIQUE INDEX password_account ON password (account);
CREATE UNIQUE INDEX authenticator_credential ON authenticator (credential_id) WHERE credential_id IS NOT NULL;
CREATE UNIQUE INDEX one_time_code_once ON one_time_code (sheet, hash);
CREATE UNIQUE INDEX session_token ON session (token);
CREATE INDEX session_ends ON session (ends_at);
CREATE UNIQUE INDEX rate_bucket_period ON rate_bucket (name, period);
CREATE INDEX rate_bucket_ends ON rate_bucket (ends_at);
CREATE UNIQUE INDEX record_source_feed ON record_source (source, fhir_type, fhir_id);
CREATE INDEX record_name ON record (name_key);
CREATE INDEX record_birth ON record (birth_text);
CREATE UNIQUE INDEX record_number ON record (number) WHERE number IS NOT NULL AND state <> 'merged';
CREATE UNIQUE INDEX share_self ON share (record) WHERE basis = 'self' AND revoked_at IS NULL;
CREATE UNIQUE INDEX share_scope_once ON share_scope (share, category, action);
CREATE UNIQUE INDEX item_privacy_once ON item_privacy (record, fhir_type, item);
CREATE UNIQUE INDEX audit_event_seq ON audit_event (chain, seq);
CREATE INDEX audit_event_subject ON audit_event (subject, at);
CREATE INDEX audit_event_actor ON audit_event (actor, at);
CREATE UNIQUE INDEX used_key_hash ON used_key (hash, actor, route);
CREATE INDEX used_key_at ON used_key (at);
CREATE INDEX parked_form_ends ON parked_form (ends_at);
CREATE UNIQUE INDEX capability_hash ON capability (hash);
CREATE INDEX capability_object ON capability (object_kind, object);
CREATE INDEX capability_used_by ON capability (used_by);
CREATE UNIQUE INDEX encounter_feed ON encounter (source, fhir_type, fhir_id);
CREATE INDEX encounter_list ON encounter (patient, effective_starts);
CREATE UNIQUE INDEX composition_feed ON composition (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX series_once ON series (patient, category, analyte, unit);
CREATE UNIQUE INDEX diagnostic_report_feed ON diagnostic_report (source, fhir_type, fhir_id);
CREATE INDEX diagnostic_report_list ON diagnostic_report (patient, category, effective_starts);
CREATE UNIQUE INDEX observation_feed ON observation (source, fhir_type, fhir_id, COALESCE(component, -1));
CREATE INDEX observation_list ON observation (patient, category, effective_starts);
CREATE INDEX observation_trend ON observation (series, effective_starts);
CREATE INDEX observation_alone ON observation (patient, category, effective_starts) WHERE report IS NULL AND parent IS NULL;
CREATE INDEX observation_corrected ON observation (report) WHERE corrected;
CREATE UNIQUE INDEX practitioner_feed ON practitioner (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX practitioner_role_feed ON practitioner_role (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX organization_feed ON organization (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX location_feed ON location (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX named_resource_feed ON named_resource (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX person_feed ON person (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX related_person_feed ON related_person (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX consent_feed ON consent (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX medication_request_feed ON medication_request (source, fhir_type, fhir_id);
CREATE INDEX medication_request_list ON medication_request (patient, effective_starts);
CREATE UNIQUE INDEX medication_statement_feed ON medication_statement (source, fhir_type, fhir_id);
CREATE INDEX medication_statement_list ON medication_statement (patient, effective_starts);
CREATE UNIQUE INDEX medication_dispense_feed ON medication_dispense (source, fhir_type, fhir_id);
CREATE INDEX medication_dispense_list ON medication_dispense (patient, effective_starts);
CREATE UNIQUE INDEX medication_administration_feed ON medication_administration (source, fhir_type, fhir_id);
CREATE INDEX medication_administration_list ON medication_administration (patient, effective_starts);
CREATE UNIQUE INDEX allergy_intolerance_feed ON allergy_intolerance (source, fhir_type, fhir_id);
CREATE INDEX allergy_intolerance_list ON allergy_intolerance (patient, clinical_status);
CREATE UNIQUE INDEX condition_feed ON condition (source, fhir_type, fhir_id);
CREATE INDEX condition_list ON condition (patient, clinical_status);
CREATE UNIQUE INDEX immunization_feed ON immunization (source, fhir_type, fhir_id);
CREATE INDEX immunization_list ON immunization (patient, occurrence_starts);
CREATE UNIQUE INDEX care_plan_feed ON care_plan (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX goal_feed ON goal (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX care_team_feed ON care_team (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX imaging_study_feed ON imaging_study (source, fhir_type, fhir_id);
CREATE INDEX imaging_study_list ON imaging_study (patient, effective_starts);
CREATE UNIQUE INDEX media_feed ON media (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX document_reference_feed ON document_reference (source, fhir_type, fhir_id);
CREATE INDEX document_reference_list ON document_reference (patient, effective_starts);
CREATE UNIQUE INDEX procedure_feed ON procedure (source, fhir_type, fhir_id);
CREATE INDEX procedure_list ON procedure (patient, effective_starts);
CREATE UNIQUE INDEX appointment_feed ON appointment (source, fhir_type, fhir_id);
CREATE INDEX appointment_list ON appointment (patient, starts_at);
CREATE UNIQUE INDEX schedule_feed ON schedule (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX slot_feed ON slot (source, fhir_type, fhir_id);
CREATE INDEX slot_times ON slot (source, schedule_ref, starts_at);
CREATE UNIQUE INDEX communication_feed ON communication (source, fhir_type, fhir_id);
CREATE INDEX communication_list ON communication (patient, sent_at);
CREATE UNIQUE INDEX task_feed ON task (source, fhir_type, fhir_id);
CREATE INDEX task_list ON task (patient, status);
CREATE UNIQUE INDEX invoice_feed ON invoice (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX billing_account_feed ON billing_account (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX charge_item_feed ON charge_item (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX payment_notice_feed ON payment_notice (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX explanation_of_benefit_feed ON explanation_of_benefit (source, fhir_type, fhir_id);
CREATE INDEX invoice_list ON invoice (patient, effective_starts);
CREATE INDEX explanation_of_benefit_list ON explanation_of_benefit (patient, effective_starts);
CREATE UNIQUE INDEX coverage_feed ON coverage (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX raw_resource_version ON raw_resource (source, fhir_type, fhir_id, version, sha256);
CREATE INDEX import_run_source ON import_run (source, started_at);
CREATE UNIQUE INDEX feed_identifier_once ON feed_identifier (source, fhir_type, value, system, fhir_id);
CREATE INDEX feed_identifier_of ON feed_identifier (source, fhir_type, fhir_id);
CREATE UNIQUE INDEX waiting_link_once ON waiting_link (source, fhir_type, fhir_id, target_type, target_id);
CREATE INDEX waiting_link_target ON waiting_link (source, target_type, target_id);
CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe);
CREATE INDEX outbox_due ON outbox (state, run_at);
CREATE UNIQUE INDEX job_dedupe ON job (dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX job_due ON job (state, run_at);
CREATE UNIQUE INDEX file_chunk_number ON file_chunk (file, number);
