"""Who gets in: each update is given its person and their rights before a handler sees it."""
