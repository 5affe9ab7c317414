"""Drafts: what a source wrote, turned into a signal or refused with the field named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from core.model.accounts import Source
from core.model.errors import InvalidField
from core.model.ids import SignalId
from core.model.instruments import Side
from core.model.signals import MAX_PRICE, OrderKind, Signal, check_levels
from core.ports import Delivery

SHORTEST_LIFE = timedelta(seconds=5)
LONGEST_LIFE = timedelta(days=7)
MOST_DECIMALS = 10
LONGEST_ID = 128
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A signal as its source puts it. Without an entry the middle of the zone is taken.

    Without `external_id` the delivery's own id stands for it; without an expiry the source's default.
    """

    instrument: str
    side: Side
    kind: OrderKind = OrderKind.MARKET
    entry: Decimal | None = None
    entry_zone: tuple[Decimal, Decimal] | None = None
    stop_loss: Decimal | None = None
    take_profits: tuple[Decimal, ...] = ()
    expires_in: timedelta | None = None
    expires_at: datetime | None = None
    external_id: str | None = None
    note: str = ""

    def id_for(self, delivery: Delivery) -> str:
        """The external id to store. Raises InvalidField when it is not one short printable line."""
        named = delivery.webhook_id if self.external_id is None else self.external_id
        return _checked_text("external_id", named, LONGEST_ID)


def signal_of(source: Source, delivery: Delivery, draft: Draft, now: datetime) -> Signal:
    """The signal that a draft describes. Raises InvalidField naming what is wrong."""
    if draft.instrument not in source.instruments:
        raise InvalidField("instrument", f"{source.name} may not send signals for this instrument")
    _check_prices(draft)
    signal = Signal(
        id=SignalId(uuid4()),
        source_id=source.id,
        source_name=source.name,
        external_id=draft.id_for(delivery),
        instrument=draft.instrument,
        side=draft.side,
        kind=draft.kind,
        entry=_entry(draft),
        entry_zone=draft.entry_zone,
        stop_loss=draft.stop_loss,
        take_profits=draft.take_profits,
        received_at=now,
        expires_at=_expiry(draft, now, source.default_expiry),
        note=_checked_text("note", draft.note, LONGEST_NOTE),
    )
    check_levels(signal)
    return signal


def _entry(draft: Draft) -> Decimal:
    if draft.entry is not None:
        return draft.entry
    if draft.entry_zone is None:
        raise InvalidField("entry", "give an entry or an entry_zone")
    low, high = draft.entry_zone
    return (low + high) / 2


def _prices(draft: Draft) -> Iterator[tuple[str, Decimal]]:
    for field in ("entry", "stop_loss"):
        price: Decimal | None = getattr(draft, field)
        if price is not None:
            yield field, price
    for field in ("entry_zone", "take_profits"):
        yield from ((field, price) for price in getattr(draft, field) or ())


def _check_prices(draft: Draft) -> None:
    """Each price by itself, before anything is computed with it."""
    for field, price in _prices(draft):
        if not price.is_finite() or not 0 < price < MAX_PRICE:
            raise InvalidField(field, f"must be a price above 0 and below {MAX_PRICE}")
        if -int(price.as_tuple().exponent) > MOST_DECIMALS:
            raise InvalidField(field, f"at most {MOST_DECIMALS} decimals")


def _expiry(draft: Draft, now: datetime, default: timedelta) -> datetime:
    if draft.expires_at is None:
        life = default if draft.expires_in is None else draft.expires_in
        return now + _checked_life("expires_in_s", life)
    if draft.expires_in is not None:
        raise InvalidField("expires_at", "give expires_at or expires_in_s, not both")
    if draft.expires_at.tzinfo is None:
        raise InvalidField("expires_at", "must say its time zone")
    return now + _checked_life("expires_at", draft.expires_at - now)


def _checked_life(field: str, life: timedelta) -> timedelta:
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        seconds = f"{SHORTEST_LIFE.total_seconds():.0f} s"
        raise InvalidField(field, f"must be at least {seconds} and at most {LONGEST_LIFE.days} days from now")
    return life


def _checked_text(field: str, text: str, longest: int) -> str:
    """Text of one line, as every screen and every database takes it."""
    if len(text) > longest or not text.isprintable():
        raise InvalidField(field, f"at most {longest} printable characters on one line")
    return text
