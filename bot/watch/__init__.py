"""The process looks after itself: its beat, its alarm, its readiness and its figures."""
