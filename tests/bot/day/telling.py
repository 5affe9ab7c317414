"""What people are to be told, in the numbers that the broker has booked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.mt5 import contract as mt5
from core.paper.server.records import Deal
from tests.bot.wording import ENGLISH

D = Decimal
_CENT = D("0.01")
_TICKS = {"EURUSD": D("0.00001"), "XAUUSD": D("0.01")}
_MONEY = ("profit", "commission", "swap", "fee")


@dataclass(frozen=True, slots=True)
class Expected:
    """A row of the log and the one message that tells of it: `words` are what it says in the end."""

    account: Account
    kind: DivergenceKind
    position: int
    words: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{ENGLISH.label(f'divergence-title-{self.kind}')} · {self.account.label}"


def exact(number: float) -> Decimal:
    """As a terminal shows it."""
    return D(str(number))


def price(symbol: str, number: float | Decimal) -> str:
    """With all digits of the symbol."""
    return str(D(str(number)).quantize(_TICKS[symbol], rounding=ROUND_HALF_UP))


def of_a_part(symbol: str, before: Decimal, deal: Deal, by: str) -> tuple[str, ...]:
    """The words of a part that a deal has closed of so many lots."""
    closed, result = exact(deal.volume), result_of([deal])
    return (
        f"{before - closed} of {before} {symbol} were left: {closed} were closed {by}",
        f"at {price(symbol, deal.price)}, result {'' if result < 0 else '+'}{result} USD.",
    )


def of_a_close(symbol: str, side: str, deals: Sequence[Deal], by: str) -> tuple[str, ...]:
    """The words of a close that these deals, all of the position's, have made."""
    out = [deal for deal in deals if deal.entry == mt5.DEAL_ENTRY_OUT]
    lots = sum((exact(deal.volume) for deal in out), D(0))
    average = sum((exact(deal.price) * exact(deal.volume) for deal in out), D(0)) / lots
    sums = _sums(deals)
    costs = {name: money for name, money in sums.items() if name != "profit" and money}
    made_of = [f"{name} {ENGLISH.signed_money(money)}" for name, money in costs.items()]
    return (
        f"{symbol} {side} {lots} was closed {by} at {price(symbol, average)}.",
        f"Result {ENGLISH.signed_money(result_of(deals), 'USD')}",
        *([" · ".join([f"Profit {ENGLISH.signed_money(sums['profit'])}", *made_of])] if costs else []),
    )


def result_of(deals: Iterable[Deal]) -> Decimal:
    """What is left of the profit."""
    return sum(_sums(deals).values(), D(0))


def _sums(deals: Iterable[Deal]) -> dict[str, Decimal]:
    of_each = list(deals)
    return {name: sum((_cents(getattr(deal, name)) for deal in of_each), D("0.00")) for name in _MONEY}


def _cents(money: float) -> Decimal:
    return exact(money).quantize(_CENT)
