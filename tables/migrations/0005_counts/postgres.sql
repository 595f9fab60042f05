-- How many looked, and who, is counted on each page that tells it: from an index alone.
CREATE INDEX audit_event_counts ON audit_event (subject, actor, decision, at);
