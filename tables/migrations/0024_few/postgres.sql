-- Whether a result was corrected lately is asked on the home page: of all tests of a patient, those are few.
CREATE INDEX observation_put_right ON observation (patient, category, changed_at) WHERE corrected;
-- Whether an answer was read is told by looks at one request: of all looks at requests, most are at lists of them.
DROP INDEX audit_event_requests;
CREATE INDEX audit_event_requests ON audit_event (actor, subject, at) WHERE objects LIKE 'Request:%;RequestStep:%';
