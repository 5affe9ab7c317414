"""What a span tells of an event: when, how it went, and of its data what is neither a name nor a free text.

The spans of a trace are its events, under their names. The first one (`signal.received`, and of what has a
trace of its own `liquidation.started`, `market.marked`) is the root and all others are its children. An event
that says when its matter began (`order.filled`: its sending) spans the time since; any other is a moment.
Nothing is remembered from one event to the next, so a restart in the middle of a trade loses nothing.

A trace is a UUID in events and logs. OpenTelemetry's trace id is the same 128 bits (the UUID without its
hyphens), and the root's span id the lower 64 of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.model.catalogue import (
    CATALOGUE,
    Asked,
    Case,
    Closed,
    Decided,
    Found,
    Kind,
    Late,
    Liquidating,
    Marked,
    MovedToEntry,
    Nothing,
    Planned,
    Received,
    Sent,
    Settled,
)
from core.model.events import Event

Attributes = dict[str, str | int | list[str]]

ROOTS: Final = frozenset({"signal.received", "liquidation.started", "market.marked"})

_ERRORS: Final = frozenset({"order.refused", "order.unknown", "order.expired", "liquidation.stuck"})

_BEGAN: Final[Mapping[type, str]] = {Decided: "requested_at", Settled: "sent_at", Closed: "opened_at"}
"""The field of a shape that tells when its matter began."""

_ORDER: Final = ("kind", "symbol", "side", "volume", "position")
_TOLD: Final[Mapping[type, tuple[str, ...]]] = {
    Received: ("source", "instrument", "side"),
    Decided: ("state", "lots"),
    Asked: ("kind", "symbol", "volume", "position", "price", "stop_loss", "take_profit"),
    Sent: _ORDER,
    Settled: (*_ORDER, "price", "retcode"),
    Late: ("symbol", "volume", "price"),
    Found: ("kind", "symbol", "size", "unit"),
    Case: ("row", "kind", "symbol"),
    Closed: (
        "symbol",
        "side",
        "volume",
        "reason",
        "price",
        "profit",
        "commission",
        "swap",
        "fee",
        "currency",
    ),
    Planned: ("symbol", "stands", "failed", "legs"),
    Liquidating: ("reason", "fires_at", "held_until"),
    Marked: ("symbol", "danger", "action", "reason", "positions"),
    MovedToEntry: ("mark", "before", "after"),
}
"""What leaves the desk. People's words (why a card was rejected, a hold, a lock) and the sentences that may
quote them stay in the events and the logs, under the same trace."""

_NUMBERED: Final = frozenset({"signal", "approval", "order", "plan", "liquidation", "reconciliation"})
"""Whose subjects are ids; others may be named by the label of an account, which is often a person's name."""


@dataclass(frozen=True, slots=True)
class Told:
    """One span: root or child of `trace`'s root; `failed` says of what went wrong that it did, and how."""

    trace: UUID
    name: str
    is_root: bool
    began_at: datetime
    ended_at: datetime
    attributes: Attributes
    failed: str | None

    @property
    def root_span(self) -> int:
        """The id of the trace's first span."""
        return self.trace.int & (1 << 64) - 1


def told(event: Event) -> Told | None:
    """The span of an event; None without a trace."""
    trace = _trace(event)
    if trace is None:
        return None
    return Told(
        trace=trace,
        name=event.name,
        is_root=event.name in ROOTS,
        began_at=min(_began(event), event.at),
        ended_at=event.at,
        attributes=dict(_attributes(event)),
        failed=_failed(event),
    )


def _trace(event: Event) -> UUID | None:
    try:
        return UUID(event.trace) if event.trace else None
    except ValueError:
        return None


def _shape(event: Event) -> type:
    return CATALOGUE.get(event.name, Kind(Nothing)).shape


def _began(event: Event) -> datetime:
    began = event.data.get(_BEGAN.get(_shape(event), ""))
    return datetime.fromisoformat(began) if isinstance(began, str) and began else event.at


def _attributes(event: Event) -> Iterator[tuple[str, str | int | list[str]]]:
    if event.name.partition(".")[0] in _NUMBERED:
        yield "tapdesk.subject", event.subject
    if event.account_id is not None:
        yield "tapdesk.account", str(event.account_id)
    for name in _TOLD.get(_shape(event), ()):
        fact = event.data.get(name)
        if fact is not None and fact != "":
            yield f"tapdesk.{name}", fact


def _failed(event: Event) -> str | None:
    if event.name not in _ERRORS or _ran_out(event):
        return None
    retcode = event.data.get("retcode")
    return event.name if retcode is None else f"{event.name}, retcode {retcode}"


def _ran_out(event: Event) -> bool:
    """A pending order that the broker had taken, and that waited there in vain until its end."""
    return event.name == "order.expired" and event.data.get("kind") == "open" and bool(event.data["position"])
