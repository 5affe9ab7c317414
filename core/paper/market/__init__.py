"""The simulated market: instruments, prices as a pure function of plan, symbol and time, and bars.

`market` puts it together: a symbol (`quotes`) has a course (`walk`, or `replayed` from a file that `exports`
reads), a `spread` and `shocks`; `minutes` draws the ticks of a minute, `bars` makes candles without visiting
them. What is offered stands in `instruments` and `pairs`, in the terms of `specification`.
"""
