"""Drawdown, liquidations, locks and the market guard's marks as values."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import uuid5

from core.model.books import Books
from core.model.ids import AccountId, PersonId, SourceId
from core.model.policies import Basis, Danger, MarketAction


@dataclass(frozen=True, slots=True)
class DrawdownState:
    """The guard's memory of one account; money in account currency, all of it freed of money paid in or out.

    `peak` is the highest equity ever; `initial` the equity at first sight; `day` is the broker's day,
    `day_start` and `day_peak` the equity at its midnight and its highest since. `since` is when the equity
    was last at the `reference`. `level` is the highest share of the limit that was warned of (0 when none),
    `daily_level` the same of the daily loss. `books` are the balance and the deals taken into account,
    `flows_until` the time of the newest balance operation among them; `credit` is the part of the equity that
    is bonus money, 0 where that does not count. `recovered_in` is how long the last drawdown that was warned
    of took, from `since` until no level was warned of any more.
    """

    account_id: AccountId
    peak: Decimal
    equity: Decimal
    flows_until: datetime
    level: Decimal
    read_at: datetime
    basis: Basis = Basis.PEAK
    since: datetime | None = None
    initial: Decimal | None = None
    day: date | None = None
    day_start: Decimal | None = None
    day_peak: Decimal | None = None
    daily_level: Decimal = Decimal(0)
    books: Books | None = None
    recovered_in: timedelta | None = None
    credit: Decimal = Decimal(0)

    @property
    def reference(self) -> Decimal:
        """The equity that the drawdown is measured from, by its basis."""
        match self.basis:
            case Basis.DAY:
                return self.peak if self.day_peak is None else self.day_peak
            case Basis.INITIAL:
                return self.peak if self.initial is None else self.initial
            case Basis.PEAK:
                return self.peak

    @property
    def drawdown(self) -> Decimal:
        """Money below the reference, never negative."""
        return max(self.reference - self.equity, Decimal(0))

    @property
    def percent(self) -> Decimal:
        """Drawdown in percent of the reference, two places; 0 while there is none."""
        return _percent(self.drawdown, self.reference)

    @property
    def daily_loss(self) -> Decimal:
        """Money below the equity at the broker's midnight, never negative."""
        return max((self.day_start or self.equity) - self.equity, Decimal(0))

    @property
    def daily_percent(self) -> Decimal:
        """The day's loss in percent of the equity at its midnight, two places."""
        return _percent(self.daily_loss, self.day_start or self.equity)


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(Decimal("0.01")) if whole > 0 else Decimal(0)


class Measure(StrEnum):
    """What a limit is set on: the drawdown from its reference, or the loss since the broker's midnight."""

    DRAWDOWN = "drawdown"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class DrawdownCapExceeded:
    """Why everything on an account is to be closed: `percent` of `reference` is lost and `limit` reached.

    `equity` and `reference` are money in account currency; `basis` says what the reference is.
    """

    account_id: AccountId
    measure: Measure
    basis: Basis
    percent: Decimal
    limit: Decimal
    equity: Decimal
    reference: Decimal

    @property
    def reason(self) -> str:
        """The sentence that people read."""
        what, begin = "drawdown", _BEGINNINGS[self.basis]
        if self.measure is Measure.DAILY:
            what, begin = "loss of the day", "at the broker's midnight"
        return (
            f"{what} {self.percent} % reached the limit of {self.limit} %:"
            f" equity {self.equity:,.2f}, {self.reference:,.2f} {begin}"
        )


_BEGINNINGS = {Basis.PEAK: "at its peak", Basis.DAY: "at the day's peak", Basis.INITIAL: "at first"}


class LiquidationState(StrEnum):
    """`WARNED` until people were told, `COUNTING` down, `HELD` by an owner for a time, `CLOSING`, `STUCK`
    while closes keep failing, `FLAT` after two clean reads.

    `LOCKED` and `RELEASED` (held, then unlocked or recovered: nothing more is closed) are the ends.
    """

    WARNED = "warned"
    COUNTING = "counting"
    HELD = "held"
    CLOSING = "closing"
    STUCK = "stuck"
    FLAT = "flat"
    LOCKED = "locked"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Liquidation:
    """Closing everything on one account, durable at each step.

    `fires_at` is the end of the countdown; `clean_reads` counts consecutive readings without exposure;
    `finished_at` is None until it is over. `held_until`, `held_by` and `hold_reason` are of an owner's hold,
    the last one when there were several. `panic` is what it is a part of, None for one of the guard's.
    """

    id: int
    account_id: AccountId
    state: LiquidationState
    reason: str
    started_at: datetime
    fires_at: datetime
    clean_reads: int = 0
    attempts: int = 0
    finished_at: datetime | None = None
    held_until: datetime | None = None
    held_by: PersonId | None = None
    hold_reason: str | None = None
    panic: int | None = None

    @property
    def trace(self) -> str:
        """Its own, in its events; what it closes keeps the trace of its signal."""
        return _trace(self.account_id, f"liquidation {self.id}")


def _trace(account: AccountId, what: str) -> str:
    """A UUID, as the trace of a signal is, that is the same each time it is asked for."""
    return str(uuid5(account, what))


class LockKind(StrEnum):
    """By whom: `PAUSE` by a person with /pause, `OWNER` and `ADMIN` with /lock, `DRAWDOWN` by the guard (its
    release is the owner's), `OWN` by the account's trader, who pauses it for themselves."""

    PAUSE = "pause"
    DRAWDOWN = "drawdown"
    OWNER = "owner"
    ADMIN = "admin"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lock holds: for one account, source or instrument (the desk's own name); with none of them the
    whole desk. Of an entry: all three.
    """

    account_id: AccountId | None = None
    source_id: SourceId | None = None
    instrument: str | None = None

    @property
    def key(self) -> str:
        """What tells it from every other place, as text."""
        named = {"account": self.account_id, "source": self.source_id, "instrument": self.instrument}
        return " ".join(f"{name}:{value}" for name, value in named.items() if value is not None) or "desk"

    def covers(self, entry: "Place") -> bool:
        """Whether an entry there lies within it."""
        pairs = (
            (self.account_id, entry.account_id),
            (self.source_id, entry.source_id),
            (self.instrument, entry.instrument),
        )
        return all(mine is None or mine == theirs for mine, theirs in pairs)


DESK = Place()


@dataclass(frozen=True, slots=True)
class Lock:
    """No new entries at a place, until `until` when that is given, else until it is released."""

    id: int
    kind: LockKind
    account_id: AccountId | None
    reason: str
    set_at: datetime
    set_by: PersonId | None = None
    released_at: datetime | None = None
    source_id: SourceId | None = None
    instrument: str | None = None
    until: datetime | None = None

    @property
    def place(self) -> Place:
        return Place(self.account_id, self.source_id, self.instrument)

    def holds_at(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Mark:
    """A danger that the market guard saw on a symbol (the broker's name) while `positions` were open in it.

    `reason` has the numbers; `action` is what was done. `ended_at` is None while it lasts.
    """

    id: int
    account_id: AccountId
    symbol: str
    danger: Danger
    action: MarketAction
    reason: str
    positions: tuple[int, ...]
    began_at: datetime
    ended_at: datetime | None = None

    @property
    def trace(self) -> str:
        """Its own, in its events; what is done to a position has the trace of its signal."""
        return _trace(self.account_id, f"mark {self.id}")
