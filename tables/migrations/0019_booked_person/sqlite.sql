-- Whose times have been booked at a site: who books with the same person holds this row first.
CREATE TABLE "booked_person" (
  "id" UUID PRIMARY KEY NOT NULL,
  "person" VARCHAR(12) NOT NULL,
  "locks" BIGINT NOT NULL
);
CREATE UNIQUE INDEX booked_person_once ON booked_person (person);
