-- Money that waits for a person: when somebody saw to a refund that was not made, and what finds those who wait.
ALTER TABLE "refund" ADD COLUMN "seen_to_at" TIMESTAMPTZ;
CREATE INDEX payment_odd ON payment (odd_at) WHERE odd_at IS NOT NULL;
CREATE INDEX refund_unseen ON refund (made_at) WHERE state = 'failed' AND seen_to_at IS NULL;
