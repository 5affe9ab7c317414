"""MetaTrader 5: its contract, the worker that owns a terminal, and the sessions over it."""
