"""What people are to be told, in the numbers that the broker has booked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.views.divergence import TITLES
from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.mt5 import contract as mt5
from core.paper.server.records import Deal

D = Decimal
_CENT = D("0.01")
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
        return f"{TITLES[self.kind]} · {self.account.label} · PAPER"


def exact(number: float) -> Decimal:
    """As a terminal shows it."""
    return D(str(number))


def of_a_part(symbol: str, before: Decimal, deal: Deal, by: str) -> tuple[str, ...]:
    """The words of a part that a deal has closed of so many lots."""
    closed = exact(deal.volume)
    return (
        f"{before - closed} of {before} {symbol} were left: {closed} were closed {by} at {exact(deal.price)}",
        f"result {_signed(sum(_sums([deal]).values(), D(0)))}",
    )


def of_a_close(symbol: str, side: str, deals: Sequence[Deal], by: str) -> tuple[str, ...]:
    """The words of a close that these deals, all of the position's, have made."""
    out = [deal for deal in deals if deal.entry == mt5.DEAL_ENTRY_OUT]
    lots = sum((exact(deal.volume) for deal in out), D(0))
    price = sum((exact(deal.price) * exact(deal.volume) for deal in out), D(0)) / lots
    sums = _sums(deals)
    costs = " · ".join(f"{name} {money}" for name, money in sums.items() if name != "profit")
    return (
        f"{symbol} {side} {lots} was closed {by} at {round(price, 5).normalize()}",
        f"Result {sum(sums.values(), D(0))} USD",
        f"Profit {sums['profit']} · {costs}",
    )


def _sums(deals: Sequence[Deal]) -> dict[str, Decimal]:
    return {name: sum((_cents(getattr(deal, name)) for deal in deals), D(0)) for name in _MONEY}


def _cents(money: float) -> Decimal:
    return exact(money).quantize(_CENT)


def _signed(money: Decimal) -> str:
    return f"{money}" if money < 0 else f"+{money}"
