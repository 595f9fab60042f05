-- Which patient login is the same human's as this account of the staff: it opens none of what that one sees.
ALTER TABLE "account" ADD COLUMN "human" UUID REFERENCES "account" ("id") ON DELETE RESTRICT;
CREATE UNIQUE INDEX account_human ON account (human) WHERE human IS NOT NULL;
