"""Stored files: sealed 64 KiB chunks in the same database, so that one backup holds everything and one transaction too."""
