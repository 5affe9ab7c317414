"""What people type, read strictly: durations, hours, time zones, numbers, signals."""
