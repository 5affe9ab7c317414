"""The module's functions, one file per kind: what a stranger's code calls."""
