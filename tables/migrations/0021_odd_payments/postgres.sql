-- What the processor said was paid where that is not what was asked for: a person looks at it, and nothing is booked.
ALTER TABLE "payment" ADD COLUMN "odd_amount" BIGINT;
ALTER TABLE "payment" ADD COLUMN "odd_currency" VARCHAR(3);
ALTER TABLE "payment" ADD COLUMN "odd_at" TIMESTAMPTZ;
