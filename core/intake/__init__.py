"""Intake: from a signed message of a source to a stored signal with its approvals."""
