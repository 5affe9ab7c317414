"""The desk over HTTP: signals in, status and metrics out."""
