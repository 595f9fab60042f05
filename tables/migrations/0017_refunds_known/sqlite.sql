-- What the processor calls a refund, so that it is looked at and never asked for twice; and those that wait for its answer.
ALTER TABLE "refund" ADD COLUMN "known_as" VARCHAR(160);
CREATE INDEX refund_unsure ON refund (made_at) WHERE state = 'made';
