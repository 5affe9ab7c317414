"""One account's books in memory while something is done to them, with a note of what to write back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from core.mt5 import contract as mt5
from core.paper.server.records import Account, Deal, Order, Position


class Ledger:
    """An account, its open positions and its working orders, by ticket."""

    def __init__(self, account: Account, positions: Iterable[Position], orders: Iterable[Order]) -> None:
        self.account = account
        self.positions = {position.ticket: position for position in positions}
        self.orders = {order.ticket: order for order in orders}
        self.next_ticket: Callable[[], int] = _no_tickets
        self.written: dict[tuple[str, int], Position | Order | Deal] = {}
        self.dropped: set[int] = set()
        self.touched = False
        self.settled_msc = account.settled_msc

    @property
    def exposed(self) -> bool:
        """Whether the market can do anything to this account."""
        return bool(self.positions or self.orders)

    @property
    def symbols(self) -> set[str]:
        """What it has positions or pending orders in."""
        held = {position.symbol for position in self.positions.values()}
        return held | {order.symbol for order in self.orders.values()}

    @property
    def hedging(self) -> bool:
        """Whether each opening order makes a position of its own; else there is one for a symbol."""
        return self.account.margin_mode == mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING

    def held(self, symbol: str) -> list[Position]:
        """The positions of a symbol, the oldest first."""
        of_symbol = [position for position in self.positions.values() if position.symbol == symbol]
        return sorted(of_symbol, key=_age) if len(of_symbol) > 1 else of_symbol

    def change_account(self, **fields: Any) -> None:
        self.account = replace(self.account, **fields)
        self.touched = True

    def settled(self, until_msc: int) -> None:
        """All that happened until then is in. Worth a write of its own only once an hour."""
        if until_msc > self.settled_msc:
            self.settled_msc = until_msc
            self.touched |= until_msc - self.account.settled_msc > _MARK_EVERY_MSC

    def pay(self, amount: float) -> None:
        """Add to the balance, in whole cents."""
        self.change_account(balance=round(self.account.balance + amount, 2))

    def keep(self, position: Position) -> None:
        self.positions[position.ticket] = position
        self.dropped.discard(position.ticket)
        self.written["positions", position.ticket] = position
        self.touched = True

    def drop(self, ticket: int) -> None:
        del self.positions[ticket]
        self.written.pop(("positions", ticket), None)
        self.dropped.add(ticket)
        self.touched = True

    def file(self, order: Order) -> None:
        """Write an order: among the working while it is one, into history otherwise."""
        if order.live:
            self.orders[order.ticket] = order
        else:
            self.orders.pop(order.ticket, None)
        self.written["orders", order.ticket] = order
        self.touched = True

    def record(self, deal: Deal) -> None:
        self.written["deals", deal.ticket] = deal
        self.touched = True

    def operate(self, deal_type: int, amount: float, comment: str, time_msc: int) -> Deal:
        """Add to the balance, or to the credit, what no trade has brought; negative takes away."""
        deal = Deal(
            ticket=self.next_ticket(), login=self.account.login, time_msc=time_msc, type=deal_type,
            profit=amount, comment=comment,
        )  # fmt: skip
        self.record(deal)
        if deal_type == mt5.DEAL_TYPE_CREDIT:
            self.change_account(credit=round(self.account.credit + amount, 2))
        else:
            self.pay(amount)
        return deal

    def sealed(self) -> Account:
        """The account as it is to be written: its revision counted up, settled as far as has been done."""
        self.change_account(revision=self.account.revision + 1, settled_msc=self.settled_msc)
        return self.account

    def clean(self) -> None:
        """Forget the notes: all is written."""
        self.written.clear()
        self.dropped.clear()
        self.next_ticket = _no_tickets
        self.touched = False


_MARK_EVERY_MSC = 3_600_000


def _age(position: Position) -> tuple[int, int]:
    return position.time_msc, position.ticket


def _no_tickets() -> int:
    raise RuntimeError("tickets are given only inside a transaction of the book")
