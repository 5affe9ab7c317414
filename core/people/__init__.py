"""People: how they come in, what they may do, what they accepted, and how they are forgotten."""
