"""A week as data, made from a seed: who trades what, what prices do, and what goes wrong.

Times are seconds after the opening on Sunday; amounts of money are shares of the equity of that moment.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

HOUR = 3_600
DAY = 24 * HOUR
FRIDAY_CLOSE = 119 * HOUR
END = 7 * DAY + HOUR
"""An hour into the next week: what the week-end held up has come to its end."""

MIDNIGHTS = tuple(float(day * DAY - 305) for day in range(1, 8))
"""The broker's: a week begins five minutes and five seconds after his Monday has."""

LIMITS = (3, 5, 8, 10, 15, 20, 25)
SYMBOLS = ("EURUSD", "USDJPY", "XAUUSD")
SHOCKS = 11
ACTS = 20
RESTARTS = 3
STALE_S = 900.0


class Season(StrEnum):
    """By which clock the week is lived: the broker's is two hours ahead in winter, three in summer."""

    WINTER = "winter"
    SUMMER = "summer"

    @property
    def opening(self) -> datetime:
        if self is Season.WINTER:
            return datetime(2026, 11, 15, 22, 5, 5, tzinfo=UTC)
        return datetime(2026, 7, 12, 21, 5, 5, tzinfo=UTC)

    @property
    def utc_offset_s(self) -> int:
        return 2 * HOUR if self is Season.WINTER else 3 * HOUR


class Books(StrEnum):
    """How the broker keeps an account: positions side by side, netted, or the oldest closed first."""

    HEDGING = "hedging"
    NETTING = "netting"
    FIFO = "fifo"


class Kind(StrEnum):
    """What happens at a moment; what `size` is of it."""

    SIGNAL = "signal"  # a card that is approved; +1 buys, -1 sells
    PENDING = "pending"  # the same for an order that waits a little away from the price
    BY_HAND = "by_hand"  # a position of the person's own; +1 buys, -1 sells
    ORDER = "order"  # a pending order of the person's own; +1 buys, -1 sells
    CLOSE = "close"  # the person closes his oldest position
    PAY = "pay"  # a deposit, or a withdrawal if negative: share of equity
    CREDIT = "credit"  # the same of credit
    SHUT = "shut"  # seconds: the owner locks the account
    DOWN = "down"  # seconds: the terminal has no link to the broker and shows old data
    HUNG = "hung"  # seconds: it takes requests and never answers
    GONE = "gone"  # seconds: its worker dies
    NONE = "none"  # seconds: account_info is None
    SWITCHED = "switched"  # seconds: a person has logged it in to another account
    STALE = "stale"  # seconds: its prices stand still, all else goes on
    LAG = "lag"  # seconds: deals are listed so much later, for as long
    REFUSED = "refused"  # so many orders come back with a requote
    CLOSED = "closed"  # so many orders come back with "market closed"
    PARTIAL = "partial"  # so many deals fill half
    REPLY_LOST = "reply_lost"  # so many orders are carried out without an answer
    RESTART = "restart"  # seconds: the desk is down
    KILL = "kill"  # so many requests to this terminal later the desk dies, in the midst of what it does


LASTING = frozenset({Kind.DOWN, Kind.HUNG, Kind.GONE, Kind.NONE, Kind.SWITCHED, Kind.STALE, Kind.LAG})
_PEOPLE = (
    *(Kind.SIGNAL,) * 6,
    *(Kind.PENDING,) * 2,
    *(Kind.BY_HAND,) * 2,
    *(Kind.CLOSE,) * 3,
    *(Kind.PAY,) * 5,
    *(Kind.CREDIT,) * 2,
    *(Kind.ORDER, Kind.SHUT),
)
_FAULTS = (
    *(Kind.DOWN, Kind.HUNG, Kind.GONE, Kind.NONE, Kind.SWITCHED, Kind.LAG),
    *(Kind.REFUSED, Kind.CLOSED, Kind.PARTIAL, Kind.REPLY_LOST),
    *(Kind.KILL, Kind.STALE),
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
    """A move of a symbol by `percent` over `over_s` seconds."""

    at_s: float
    symbol: str
    percent: float
    over_s: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account is and by what its drawdown is measured; `daily` is a limit of the day's loss."""

    symbol: str
    books: Books
    basis: str
    limit: int
    daily: int | None
    counts_credit: bool
    splits: bool


@dataclass(frozen=True, slots=True)
class Temper:
    """An account and how its people are.

    `gearing` is what one position is worth in equities. In a countdown the trader pays `pays` of his equity
    in (out if negative), `hurries` it, or its owner `holds` it; while the account is locked somebody
    `meddles` by hand, or `insists` on a signal. When the closing `flickers`, it is refused once, and the
    next reading lists nothing. In the state `dies_in` of a liquidation the desk is killed.
    """

    terms: Terms
    deposit: float
    gearing: float
    pays: float
    hurries: bool
    holds: bool
    meddles: bool
    insists: bool
    flickers: bool
    dies_in: str
    unlocked_after_s: float


@dataclass(frozen=True, slots=True)
class Script:
    """A week of one desk."""

    seed: int
    season: Season
    tempers: tuple[Temper, ...]
    jolts: tuple[Jolt, ...]
    acts: tuple[Act, ...]


def written(seed: int, accounts: int) -> Script:
    """The week of a seed; the same one each time."""
    lot = random.Random(seed)
    tempers = tuple(_temper(lot) for _ in range(accounts))
    jolts = tuple(sorted((_jolt(lot) for _ in range(SHOCKS)), key=lambda jolt: jolt.at_s))
    acts = [act for number in range(accounts) for act in _acts(lot, number, jolts)]
    acts += [act for _ in range(RESTARTS) for act in _restart(lot, accounts, jolts)]
    acts += [act for number, temper in enumerate(tempers) for act in _standstill(lot, number, temper, jolts)]
    season = lot.choice(tuple(Season))
    return Script(seed, season, tempers, jolts, tuple(sorted(acts, key=lambda act: act.at_s)))


def _temper(lot: random.Random) -> Temper:
    return Temper(
        terms=_terms(lot),
        deposit=float(lot.choice((5_000, 10_000, 25_000, 100_000))),
        gearing=lot.uniform(2, 22),
        pays=lot.choice((0.0, 0.0, 0.3, -0.2)),
        hurries=lot.random() < 0.15,
        holds=lot.random() < 0.2,
        meddles=lot.random() < 0.4,
        insists=lot.random() < 0.4,
        flickers=lot.random() < 0.4,
        dies_in=lot.choice(("", "", "warned", "counting", "closing", "stuck")),
        unlocked_after_s=lot.uniform(0.5, 12) * HOUR,
    )


def _terms(lot: random.Random) -> Terms:
    return Terms(
        symbol=lot.choice(("EURUSD", *SYMBOLS)),
        books=lot.choice((Books.HEDGING, *Books)),
        basis=lot.choice(("peak", "day", "initial")),
        limit=lot.choice(LIMITS),
        daily=lot.choice((None, 2, 4, 6)),
        counts_credit=lot.random() < 0.4,
        splits=lot.random() < 0.3,
    )


def _jolt(lot: random.Random) -> Jolt:
    percent = lot.choice((-1, 1)) * lot.uniform(0.15, 1.1)
    at_s, over_s = _round(lot.uniform(HOUR, FRIDAY_CLOSE - HOUR)), lot.choice((0.0, 5.0, 60.0, 600.0))
    return Jolt(at_s, lot.choice(("EURUSD", *SYMBOLS)), percent, over_s)


def _acts(lot: random.Random, number: int, jolts: tuple[Jolt, ...]) -> Iterator[Act]:
    """The first signals early, so that most weeks have something at stake."""
    for _ in range(2):
        yield Act(_round(lot.uniform(60, 8 * HOUR)), number, Kind.SIGNAL, lot.choice((-1.0, 1.0)))
    for _ in range(ACTS):
        kind = lot.choice(_PEOPLE if lot.random() < 0.6 else _FAULTS)
        at_s = _moment(lot, jolts)
        yield Act(at_s, number, kind, _size(lot, kind))
        if kind is Kind.SHUT:  # and a trader does not believe it
            yield Act(at_s + 4, number, Kind.SIGNAL, lot.choice((-1.0, 1.0)))


def _restart(lot: random.Random, accounts: int, jolts: tuple[Jolt, ...]) -> Iterator[Act]:
    """The desk is down for a while, in which money moves."""
    at_s, length_s = _moment(lot, jolts), _length(lot)
    yield Act(at_s, 0, Kind.RESTART, length_s)
    for _ in range(2):
        within_s = _round(lot.uniform(1, length_s))
        yield Act(at_s + within_s, lot.randrange(accounts), Kind.PAY, _size(lot, Kind.PAY))


def _standstill(lot: random.Random, number: int, temper: Temper, jolts: tuple[Jolt, ...]) -> Iterator[Act]:
    """Prices stand still before a jolt, and by the true ones somebody trades with it."""
    own = [jolt for jolt in jolts if jolt.symbol == temper.terms.symbol]
    if own and lot.random() < 0.4:
        jolt = lot.choice(own)
        yield Act(jolt.at_s - 30, number, Kind.STALE, STALE_S)
        after_s = jolt.at_s + jolt.over_s / 2 + 120
        yield Act(after_s, number, Kind.BY_HAND, 1.0 if jolt.percent > 0 else -1.0)


def _moment(lot: random.Random, jolts: tuple[Jolt, ...]) -> float:
    """Any time of the week, or one about a jolt: the second of it, or minutes to it."""
    if lot.random() < 0.5:
        return _round(lot.uniform(HOUR, END - 2 * HOUR))
    jolt = lot.choice(jolts)
    return _round(jolt.at_s + lot.choice((0.0, 0.0, 1.0, lot.uniform(-120, 120))))


def _size(lot: random.Random, kind: Kind) -> float:
    if kind in (Kind.SIGNAL, Kind.PENDING, Kind.BY_HAND, Kind.ORDER):
        return lot.choice((-1.0, 1.0))
    if kind in (Kind.PAY, Kind.CREDIT):
        return round(lot.choice((-1, 1)) * lot.uniform(0.02, 0.4), 3)
    if kind is Kind.LAG:
        return float(lot.randint(2, 8))
    return _length(lot) if kind in LASTING or kind is Kind.SHUT else float(lot.randint(1, 4))


def _length(lot: random.Random) -> float:
    return _round(lot.choice((5.0, 30.0, lot.uniform(30, 900))))


def _round(seconds: float) -> float:
    return float(round(seconds))
