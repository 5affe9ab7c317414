"""What accounts earned: performance over days, the sheet of closed trades, the course of equity."""
