"""What buttons carry: at most 64 bytes, an id and the version or the time that they were shown for."""
