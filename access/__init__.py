"""Who may see or do what: the only place where that is decided."""
