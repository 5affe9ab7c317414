"""The simulated market: instruments, prices as a pure function of plan, symbol and time, and bars."""
