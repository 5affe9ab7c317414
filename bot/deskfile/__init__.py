"""The desk file: who trades on which accounts and instruments, read into the database at the start."""
