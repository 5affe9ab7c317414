"""What the broker holds against what the desk expects."""
