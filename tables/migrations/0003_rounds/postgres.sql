-- What the worker asks every second or every minute must not grow with the number of people.
CREATE INDEX capability_ends ON capability (ends_at);
CREATE INDEX stored_file_ends ON stored_file (ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX job_ended ON job (ended_at) WHERE state <> 'due';
CREATE INDEX outbox_ended ON outbox (sent_at) WHERE state <> 'due';
CREATE INDEX outbox_channel ON outbox (channel, run_at) WHERE state = 'due';
DROP INDEX outbox_due;
CREATE INDEX authenticator_shown ON authenticator (created_at) WHERE kind = 'codes' AND secret IS NOT NULL;
CREATE INDEX account_enrolling ON account (created_at) WHERE state = 'enrolling';
CREATE INDEX diagnostic_report_first_seen ON diagnostic_report (first_seen_at);
