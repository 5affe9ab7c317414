"""Log lines that belong to a trace carry its id as `trace`, as its events do."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, bound_contextvars

_NOTE = "trace "


@contextmanager
def following(trace: str) -> Iterator[None]:
    """Every line that this task logs within carries the trace; nothing is bound when it is empty.

    What is raised takes it along as a note, which stands in tracebacks and is read by `trace_behind`.
    """
    if not trace:
        yield
        return
    with bound_contextvars(trace=trace):
        try:
            yield
        except Exception as error:
            if not trace_behind(error):
                error.add_note(f"{_NOTE}{trace}")
            raise


def trace_behind(error: BaseException) -> str:
    """The trace within which it was raised; empty for none."""
    notes = (note for note in getattr(error, "__notes__", ()) if note.startswith(_NOTE))
    return next(notes, "").removeprefix(_NOTE)


def follow(trace: str) -> None:
    """Every line that this task logs from now on carries the trace: for one that does one thing and ends."""
    bind_contextvars(trace=trace)
