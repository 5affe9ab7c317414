"""The database's history, one revision a file; `storage.migrate` runs it."""
