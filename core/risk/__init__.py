"""Guards, liquidation and locks."""
