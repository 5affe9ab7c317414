"""What `tapdesk` does in a terminal: run, doctor, reconcile, events, paper."""
