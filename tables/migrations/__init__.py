"""Forward-only migrations: a folder each, with the same change written for SQLite and for PostgreSQL."""
