-- When it became certain that nobody can pay it any more. Of what was stopped or ran out without a page at the processor that
-- is certain already; about the rest the processor is asked once more.
ALTER TABLE "payment" ADD COLUMN "gone_at" TIMESTAMPTZ;
UPDATE payment SET gone_at = COALESCE(checked_at, made_at) WHERE state IN ('cancelled', 'expired') AND session IS NULL;
CREATE INDEX payment_unsure ON payment (made_at) WHERE gone_at IS NULL AND state <> 'paid';
