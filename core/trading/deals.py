"""Deals in their order, and what they add up to."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.model.mt5 import MT5Deal

PRICE_DECIMALS = 8
"""To which an average price is kept: finer than any broker's digits."""

_NOTHING = Decimal(0)


def in_order(deals: Iterable[MT5Deal]) -> list[MT5Deal]:
    """The oldest first; those of one moment by their tickets."""
    return sorted(deals, key=lambda deal: (deal.at, deal.ticket))


def lots_of(deals: Iterable[MT5Deal]) -> Decimal:
    """The volume of all together, whichever way they go."""
    return sum((deal.volume for deal in deals), _NOTHING)


def average_price(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Of prices, each with its lots, weighted by those; not rounded."""
    lots = sum((lots for _, lots in parts), _NOTHING)
    return sum((price * lots for price, lots in parts), _NOTHING) / lots


def price_of(deals: Iterable[MT5Deal]) -> Decimal:
    """The average price of deals, at least one; not rounded."""
    return average_price([(deal.price, deal.volume) for deal in deals])
