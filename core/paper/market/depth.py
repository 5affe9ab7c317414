"""The depth of market around one quote: what is offered at the best price, and at the steps behind it."""

from dataclasses import dataclass
from math import floor

from core.paper.market.noise import unit
from core.paper.market.quotes import Quote
from core.paper.market.specification import Instrument

LEVELS = 5
"""Prices on either side."""


@dataclass(frozen=True, slots=True)
class Level:
    """One price of the book and the lots that are there; `side` is +1 for those who sell, -1 for buyers."""

    side: int
    price: float
    lots: float


def levels(spec: Instrument, quote: Quote) -> tuple[Level, ...]:
    """The whole book from the dearest offer down to the lowest bid."""
    offers = [_level(spec, quote, 1, number) for number in range(LEVELS)]
    bids = [_level(spec, quote, -1, number) for number in range(LEVELS)]
    return (*reversed(offers), *bids)


def _level(spec: Instrument, quote: Quote, side: int, number: int) -> Level:
    """The `number`-th price behind the best, with up to three times its lots."""
    step = (spec.tick_size or spec.point) * max(1, spec.spread // 4)
    best = quote.ask if side > 0 else quote.bid
    lots = spec.depth or spec.volume_max
    more = 1 + 2 * unit(quote.time_msc, number) if number else 1.0
    steps = floor(lots * more / spec.volume_step + 1e-6)
    return Level(side, spec.rounded(best + side * number * step), round(steps * spec.volume_step, 8))
