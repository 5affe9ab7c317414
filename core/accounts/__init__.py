"""Accounts as people manage them: linked, paused, changed, unlinked."""
