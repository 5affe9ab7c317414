"""One minute of a market: the way its ticks travel from open to close, touching both extremes exactly."""

from dataclasses import dataclass

from core.paper.market.calendar import MINUTE_MS
from core.paper.market.noise import unit

_TREMBLE = 0.2  # of the minute's range, from side to side


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute's bids before rounding and shocks, and the ticks at which it turns (number, bid).

    `start` is in minutes of the epoch, `spread` in points.
    """

    start: int
    high: float
    low: float
    ticks: int
    spread: int
    turns: tuple[tuple[int, float], ...]
    seed: int

    def time_ms(self, number: int) -> int:
        """When the `number`-th tick comes."""
        return self.start * MINUTE_MS + number * MINUTE_MS // self.ticks

    def ticks_before(self, time_ms: int) -> int:
        """How many ticks are earlier than a time."""
        since = max(0, min(MINUTE_MS, time_ms - self.start * MINUTE_MS))
        return -(-since * self.ticks // MINUTE_MS)

    def bid(self, number: int) -> float:
        """The bid of a tick: between two turns, with a tremble that stays inside the extremes."""
        begin = self.turns[0]
        for end in self.turns[1:]:
            if number < end[0]:
                return self._between(begin, end, number) if number > begin[0] else begin[1]
            begin = end
        return begin[1]

    def _between(self, begin: tuple[int, float], end: tuple[int, float], number: int) -> float:
        share = (number - begin[0]) / (end[0] - begin[0])
        tremble = (unit(number, self.seed) - 0.5) * (self.high - self.low) * _TREMBLE
        bid: float = begin[1] + (end[1] - begin[1]) * share + tremble
        return min(self.high, max(self.low, bid))


def travelled(
    start: int, span: tuple[float, float, float, float], ticks: int, spread: int, seed: int
) -> Minute:
    """The minute whose ticks (four at least) draw this open, high, low and close."""
    opened, high, low, closed = span
    half = ticks // 2
    first, second = 1 + seed % (half - 1), half + (seed >> 20) % (ticks - half - 1)
    one, other = (high, low) if seed >> 63 else (low, high)
    turns = ((0, opened), (first, one), (second, other), (ticks - 1, closed))
    return Minute(start, high, low, ticks, spread, turns, seed)
