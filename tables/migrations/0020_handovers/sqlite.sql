-- Who had a request that somebody else took over: they are told.
CREATE TABLE "request_handover" (
  "id" UUID PRIMARY KEY NOT NULL,
  "request" UUID NOT NULL REFERENCES "request" ("id") ON DELETE RESTRICT,
  "had" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "taker" UUID NOT NULL REFERENCES "account" ("id") ON DELETE RESTRICT,
  "at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX request_handover_had ON request_handover (had, request);
