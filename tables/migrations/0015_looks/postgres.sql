-- Whether an answer was read is asked on the home page and in the lists: of all looks, those at one request are few.
CREATE INDEX audit_event_requests ON audit_event (actor, subject, at) WHERE objects LIKE 'Request:%';
