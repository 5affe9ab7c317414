"""Gaps between consecutive quotes of a symbol. A gap is one when the next quote confirms it."""

from dataclasses import dataclass
from datetime import timedelta

from core.market.usual import usual_move
from core.model.mt5 import Quote
from core.model.policies import MarketPolicy


@dataclass(frozen=True, slots=True)
class Scale:
    """What is usual of a symbol, in percent of its price: the move of a minute and the spread.

    None while not known.
    """

    minute: float | None = None
    spread: float | None = None

    def usual(self, over: timedelta) -> float | None:
        return None if self.minute is None else usual_move(self.minute, over, self.spread or 0.0)


@dataclass(frozen=True, slots=True)
class Move:
    """From one quote's middle to another's, in percent with its sign; `usual` within that time.

    Beyond `limit` percent it is a gap.
    """

    percent: float
    over: timedelta
    usual: float | None
    limit: float

    @property
    def is_gap(self) -> bool:
        return self.exceeds(self.limit)

    def exceeds(self, limit: float) -> bool:
        return abs(self.percent) > limit

    def bears_out(self, suspect: "Move") -> bool:
        """Whether the price is still beyond the suspect's limit, on its side."""
        return self.exceeds(suspect.limit) and (self.percent > 0) == (suspect.percent > 0)


def is_sane(quote: Quote) -> bool:
    """Whether a quote can be a price: neither side missing, not crossed."""
    return 0 < quote.bid <= quote.ask


def move_between(before: Quote, after: Quote, scale: Scale, policy: MarketPolicy) -> Move:
    start, end = float(before.bid + before.ask), float(after.bid + after.ask)
    over = max(after.at - before.at, timedelta(0))
    usual = scale.usual(over)
    limits = [float(policy.gap_percent)]
    if usual:
        limits.append(float(policy.gap_times) * usual)
    return Move((end / start - 1) * 100, over, usual, min(limits))


class Gaps:
    """The quotes of a symbol at one terminal, of which the last good one and a suspect are remembered.

    One absurd quote that returns at once is no gap: the next one must still be beyond the limit, seen from
    the quote before it.
    """

    def __init__(self) -> None:
        self._base: Quote | None = None
        self._newest: Quote | None = None
        self._suspect: Move | None = None

    def take(self, quote: Quote, scale: Scale, policy: MarketPolicy) -> Move | None:
        """The gap that this quote confirms, if it does; `over` is then what its first quote took."""
        if not is_sane(quote) or (self._newest is not None and quote.at == self._newest.at):
            return None
        self._newest = quote
        if self._base is None:
            self._base = quote
            return None
        move, suspect = move_between(self._base, quote, scale, policy), self._suspect
        if suspect is not None and move.bears_out(suspect):
            self._base, self._suspect = quote, None
            return Move(move.percent, suspect.over, suspect.usual, suspect.limit)
        self._suspect = move if move.is_gap else None
        if self._suspect is None:
            self._base = quote
        return None


def gap_sentence(symbol: str, gap: Move) -> str:
    """`EURUSD moved -1.30 % between two quotes, 2 s apart: 14 times its usual 0.090 %.`, and the limit."""
    moved = f"{symbol} moved {gap.percent:+.2f} % between two quotes, {gap.over.total_seconds():.0f} s apart"
    if gap.usual:
        moved += f": {abs(gap.percent) / gap.usual:.0f} times its usual {gap.usual:.3f} %"
    return f"{moved}. The limit is {gap.limit:.2f} %; the next quote confirmed it."
