"""Log lines that belong to a signal carry its id as `trace`, as its events do."""

from contextlib import AbstractContextManager, nullcontext

from structlog.contextvars import bound_contextvars

from core.model.ids import SignalId


def following(signal: SignalId | None) -> AbstractContextManager[object]:
    """Every line that this task logs within carries the signal's id; nothing is bound without a signal."""
    return nullcontext() if signal is None else bound_contextvars(trace=str(signal))
