"""Log lines that belong to a trace carry its id as `trace`, as its events do."""

from contextlib import AbstractContextManager, nullcontext

from structlog.contextvars import bind_contextvars, bound_contextvars


def following(trace: str) -> AbstractContextManager[object]:
    """Every line that this task logs within carries the trace; nothing is bound when it is empty."""
    return bound_contextvars(trace=trace) if trace else nullcontext()


def follow(trace: str) -> None:
    """Every line that this task logs from now on carries the trace: for one that does one thing and ends."""
    bind_contextvars(trace=trace)
