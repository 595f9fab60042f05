-- Where a session was opened, as a keyed hash: a stranger's guesses elsewhere must not keep the owner out at home.
ALTER TABLE session ADD COLUMN place VARCHAR(32) NOT NULL DEFAULT '';
