-- What is decided at creation stays; what was written down about who looked stays.
CREATE TRIGGER installation_stays BEFORE UPDATE ON installation BEGIN SELECT RAISE(ABORT, 'what an installation is was decided when it was made'); END;
CREATE TRIGGER installation_is_kept BEFORE DELETE ON installation BEGIN SELECT RAISE(ABORT, 'what an installation is was decided when it was made'); END;
CREATE TRIGGER audit_event_stays BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit rows are only ever added'); END;
CREATE TRIGGER audit_event_is_kept BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit rows are only ever added'); END;
