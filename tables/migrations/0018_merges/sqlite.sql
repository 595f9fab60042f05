-- A merge leads to the chart that is left; what each feed said stays beside it, so that one step can be taken back.
ALTER TABLE "record" ADD COLUMN "replaced_by" UUID REFERENCES "record" ("id") ON DELETE RESTRICT;
UPDATE record SET replaced_by = merged_into WHERE merged_into IS NOT NULL;
WITH RECURSIVE led (id, last) AS (
  SELECT id, merged_into FROM record WHERE merged_into IS NOT NULL
  UNION SELECT led.id, r.merged_into FROM led JOIN record r ON r.id = led.last WHERE r.merged_into IS NOT NULL
)
UPDATE record SET merged_into = led.last FROM led JOIN record r ON r.id = led.last
WHERE led.id = record.id AND r.merged_into IS NULL;
CREATE INDEX record_merged ON record (merged_into) WHERE merged_into IS NOT NULL;
