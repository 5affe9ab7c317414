"""A week as data, made from a seed: who trades what, what prices do, and what goes wrong.

Times are seconds after the opening on Sunday; amounts of money are shares of the equity of that moment.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

OPENING = datetime(2026, 11, 15, 22, 5, 5, tzinfo=UTC)
HOUR = 3_600
FRIDAY_CLOSE = 119 * HOUR
END = 7 * 24 * HOUR + HOUR
"""An hour into the next week: what the week-end held up has come to its end."""

LIMITS = (3, 5, 8, 10, 15, 20, 25)
SHOCKS = 9
ACTS = 22
RESTARTS = 3


class Kind(StrEnum):
    """What happens at a moment; what `size` is of it."""

    SIGNAL = "signal"  # a card that is approved; +1 buys, -1 sells
    BY_HAND = "by_hand"  # a position of the person's own; +1 buys, -1 sells
    CLOSE = "close"  # the person closes his oldest position
    PAY = "pay"  # a deposit, or a withdrawal if negative: share of equity
    CREDIT = "credit"  # the same of credit
    DOWN = "down"  # seconds: the terminal has no link to the broker and shows old data
    HUNG = "hung"  # seconds: it takes requests and never answers
    GONE = "gone"  # seconds: its worker dies
    NONE = "none"  # seconds: account_info is None
    SWITCHED = "switched"  # seconds: a person has logged it in to another account
    LAG = "lag"  # seconds: deals are listed so much later, for as long
    REFUSED = "refused"  # so many orders come back with a requote
    CLOSED = "closed"  # so many orders come back with "market closed"
    PARTIAL = "partial"  # so many deals fill half
    REPLY_LOST = "reply_lost"  # so many orders are carried out without an answer
    RESTART = "restart"  # seconds: the desk is down


LASTING = frozenset({Kind.DOWN, Kind.HUNG, Kind.GONE, Kind.NONE, Kind.SWITCHED, Kind.LAG})
_PEOPLE = (
    *(Kind.SIGNAL,) * 6,
    *(Kind.BY_HAND,) * 2,
    *(Kind.CLOSE,) * 3,
    *(Kind.PAY,) * 5,
    Kind.CREDIT,
)
_FAULTS = (
    *(Kind.DOWN, Kind.HUNG, Kind.GONE, Kind.NONE, Kind.SWITCHED, Kind.LAG),
    *(Kind.REFUSED, Kind.CLOSED, Kind.PARTIAL, Kind.REPLY_LOST),
)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happens to an account (by its number), or to the desk for a restart."""

    at_s: float
    account: int
    kind: Kind
    size: float


@dataclass(frozen=True, slots=True)
class Jolt:
    """A move of EURUSD by `percent` over `over_s` seconds."""

    at_s: float
    percent: float
    over_s: float


@dataclass(frozen=True, slots=True)
class Temper:
    """An account and how its people are.

    `gearing` is what one position is worth in equities. In a countdown the trader pays `pays` of his equity
    in (out if negative), `hurries` it, or its owner `holds` it; while the account is locked somebody
    `meddles`. When the closing `flickers`, it is refused once, and the next reading lists nothing.
    """

    deposit: float
    limit: int
    gearing: float
    pays: float
    hurries: bool
    holds: bool
    meddles: bool
    flickers: bool
    unlocked_after_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """A week of one desk."""

    seed: int
    tempers: tuple[Temper, ...]
    jolts: tuple[Jolt, ...]
    acts: tuple[Act, ...]


def written(seed: int, accounts: int) -> Script:
    """The week of a seed; the same one each time."""
    lot = random.Random(seed)
    tempers = tuple(_temper(lot) for _ in range(accounts))
    jolts = tuple(sorted((_jolt(lot) for _ in range(SHOCKS)), key=lambda jolt: jolt.at_s))
    acts = [act for number in range(accounts) for act in _acts(lot, number, jolts)]
    acts += [Act(_moment(lot, jolts), 0, Kind.RESTART, _length(lot)) for _ in range(RESTARTS)]
    return Script(seed, tempers, jolts, tuple(sorted(acts, key=lambda act: act.at_s)))


def _temper(lot: random.Random) -> Temper:
    return Temper(
        deposit=float(lot.choice((5_000, 10_000, 25_000, 100_000))),
        limit=lot.choice(LIMITS),
        gearing=lot.uniform(2, 22),
        pays=lot.choice((0.0, 0.0, 0.3, -0.2)),
        hurries=lot.random() < 0.15,
        holds=lot.random() < 0.2,
        meddles=lot.random() < 0.4,
        flickers=lot.random() < 0.4,
        unlocked_after_s=lot.uniform(0.5, 12) * HOUR,
    )


def _jolt(lot: random.Random) -> Jolt:
    percent = lot.choice((-1, 1)) * lot.uniform(0.15, 1.1)
    return Jolt(_round(lot.uniform(HOUR, FRIDAY_CLOSE - HOUR)), percent, lot.choice((0.0, 5.0, 60.0, 600.0)))


def _acts(lot: random.Random, number: int, jolts: tuple[Jolt, ...]) -> Iterator[Act]:
    """The first signals early, so that most weeks have something at stake."""
    for _ in range(2):
        yield Act(_round(lot.uniform(60, 8 * HOUR)), number, Kind.SIGNAL, lot.choice((-1.0, 1.0)))
    for _ in range(ACTS):
        kind = lot.choice(_PEOPLE if lot.random() < 0.6 else _FAULTS)
        yield Act(_moment(lot, jolts), number, kind, _size(lot, kind))


def _moment(lot: random.Random, jolts: tuple[Jolt, ...]) -> float:
    """Any time of the week, or one about a jolt: the second of it, or minutes to it."""
    if lot.random() < 0.5:
        return _round(lot.uniform(HOUR, END - 2 * HOUR))
    jolt = lot.choice(jolts)
    return _round(jolt.at_s + lot.choice((0.0, 0.0, 1.0, lot.uniform(-120, 120))))


def _size(lot: random.Random, kind: Kind) -> float:
    if kind in (Kind.SIGNAL, Kind.BY_HAND):
        return lot.choice((-1.0, 1.0))
    if kind in (Kind.PAY, Kind.CREDIT):
        return round(lot.choice((-1, 1)) * lot.uniform(0.02, 0.4), 3)
    if kind is Kind.LAG:
        return float(lot.randint(2, 8))
    return _length(lot) if kind in LASTING else float(lot.randint(1, 4))


def _length(lot: random.Random) -> float:
    return _round(lot.choice((5.0, 30.0, lot.uniform(30, 900))))


def _round(seconds: float) -> float:
    return float(round(seconds))
