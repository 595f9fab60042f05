-- By which ways a browser reaches a passkey or security key (usb, nfc, hybrid, internal), as the key itself said.
ALTER TABLE "authenticator" ADD COLUMN "transports" VARCHAR(64) NOT NULL DEFAULT '';
-- A challenge that was answered is never taken again.
CREATE TABLE "spent_challenge" (
  "id" UUID PRIMARY KEY NOT NULL,
  "hash" BLOB NOT NULL,
  "ends_at" TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX spent_challenge_hash ON spent_challenge (hash);
CREATE INDEX spent_challenge_ends ON spent_challenge (ends_at);
