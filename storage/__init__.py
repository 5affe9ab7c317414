"""Storage: the ports of the core on SQLAlchemy."""
