"""What is read from the database and the terminals for people, before it is shown."""
