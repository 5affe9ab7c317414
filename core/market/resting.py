"""When a symbol trades, learned from its bars; quotes that stand still meanwhile; rests that lie ahead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.health.hours import EARLY, LATE, closed_since
from core.health.spoken import spoken
from core.model.mt5 import Bar, Quote
from core.model.policies import MarketPolicy

SLOT = timedelta(minutes=30)
WEEK = timedelta(weeks=1)
SLOTS = WEEK // SLOT
LEARNED_FROM = 2 * WEEK
LONG_REST = timedelta(hours=4)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rest:
    """Of a symbol's market, from half hour to half hour."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Sessions:
    """The half hours of a week in which a symbol trades. A terminal tells no sessions, its bars do.

    Of a holiday nothing is known: then quotes stand still and that is told.
    """

    slots: frozenset[int]

    @classmethod
    def of_bars(cls, bars: Sequence[Bar], now: datetime) -> "Sessions | None":
        """By the half hours of the last two weeks in which it ticked; None of bars that reach back less than
        one week. Bars of the broker's clock stay in step with it when summer time begins or ends.
        """
        if not bars or now - bars[0].at < WEEK:
            return None
        return cls(_slots(bar.at for bar in bars if now - bar.at <= LEARNED_FROM))

    @classmethod
    def of_currencies(cls, now: datetime) -> "Sessions":
        """The week of the currency market, of a symbol that has no bars."""
        times = (now + number * SLOT for number in range(SLOTS))
        middles = (_begin(at) + SLOT / 2 for at in times)
        return cls(_slots(at for at in middles if closed_since(at) is None))

    def open_at(self, at: datetime) -> bool:
        """Whether it trades; minutes in which prices come late or not at all count as closed."""
        return all(self._has(at + beside) for beside in (-LATE, timedelta(0), EARLY))

    def long_rest(self, now: datetime, within: timedelta) -> Rest | None:
        """The rest of four hours or more that lasts now or begins within that time."""
        begins = _begin(now)
        while begins - now <= within:
            ends = self._first(begins, is_open=True)
            if ends is None:
                return None
            if ends > begins:
                rest = Rest(self._began(begins), ends)
                if ends - rest.begins >= LONG_REST:
                    return rest
            begins = max(ends, begins + SLOT)
        return None

    def _began(self, at: datetime) -> datetime:
        """When the rest that lasts at a slot began."""
        while not self._has(at - SLOT):
            at -= SLOT
        return at

    def _first(self, at: datetime, *, is_open: bool) -> datetime | None:
        """The first slot from `at` on that is so, within a week."""
        slots = (at + number * SLOT for number in range(SLOTS))
        return next((slot for slot in slots if self._has(slot) is is_open), None)

    def _has(self, at: datetime) -> bool:
        return (at - _EPOCH) // SLOT % SLOTS in self.slots


def _slots(times: Iterable[datetime]) -> frozenset[int]:
    return frozenset((at - _EPOCH) // SLOT % SLOTS for at in times)


def _begin(at: datetime) -> datetime:
    return at - (at - _EPOCH) % SLOT


def is_stale(quote: Quote, now: datetime, sessions: Sessions, policy: MarketPolicy, *, lasting: bool) -> bool:
    """Whether the quote stands still though the symbol trades; what lasts is over at half of the limit."""
    limit_s = policy.stale_s / 2 if lasting else policy.stale_s
    return sessions.open_at(now) and (now - quote.at).total_seconds() > limit_s


def stale_sentence(quote: Quote, now: datetime, policy: MarketPolicy) -> str:
    return (
        f"No new price of {quote.symbol} for {spoken(now - quote.at)} while its market is open:"
        f" {quote.bid:f} / {quote.ask:f} since {quote.at:%H:%M:%S} UTC; the limit is {policy.stale_s} s."
    )


def closing_sentence(symbol: str, rest: Rest, now: datetime, held: int) -> str:
    ahead = f"in {spoken(rest.begins - now)}" if rest.begins > now else "now"
    positions = "1 position" if held == 1 else f"{held} positions"
    return (
        f"{symbol} closes {ahead} ({rest.begins:%a %H:%M} UTC) for {spoken(rest.ends - rest.begins)},"
        f" with {positions} open. It may open again at another price."
    )
