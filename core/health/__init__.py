"""Whether each account's terminal can do its work: probes, judged, confirmed and told once."""
