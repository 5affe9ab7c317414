"""One account's books in memory while something is done to them, with a note of what to write back."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from core.mt5 import contract as mt5
from core.paper.server.records import Account, Deal, Order, Position


class Ledger:
    """An account, its open positions and its pending orders, by ticket."""

    def __init__(self, account: Account, positions: Iterable[Position], orders: Iterable[Order]) -> None:
        self.account = account
        self.positions = {position.ticket: position for position in positions}
        self.orders = {order.ticket: order for order in orders}
        self.next_ticket: Callable[[], int] = _no_tickets
        self.written: dict[tuple[str, int], Position | Order | Deal] = {}
        self.dropped: set[int] = set()
        self.touched = False
        self._marked_msc = account.settled_msc

    @property
    def exposed(self) -> bool:
        """Whether the market can do anything to this account."""
        return bool(self.positions or self.orders)

    @property
    def symbols(self) -> set[str]:
        """What it has positions or pending orders in."""
        held = {position.symbol for position in self.positions.values()}
        return held | {order.symbol for order in self.orders.values()}

    def change_account(self, **fields: Any) -> None:
        self.account = replace(self.account, **fields)
        self.touched = True

    def settled(self, until_msc: int) -> None:
        """All that happened until then is in. Worth a write of its own only once an hour."""
        if until_msc > self.account.settled_msc:
            self.account = replace(self.account, settled_msc=until_msc)
            self.touched |= until_msc - self._marked_msc > _MARK_EVERY_MSC

    def pay(self, amount: float) -> None:
        """Add to the balance, in whole cents."""
        self.change_account(balance=round(self.account.balance + amount, 2))

    def keep(self, position: Position) -> None:
        self.positions[position.ticket] = position
        self.written["positions", position.ticket] = position
        self.touched = True

    def drop(self, ticket: int) -> None:
        del self.positions[ticket]
        self.written.pop(("positions", ticket), None)
        self.dropped.add(ticket)
        self.touched = True

    def file(self, order: Order) -> None:
        """Write an order: among the pending while it is placed, into history otherwise."""
        if order.state == mt5.ORDER_STATE_PLACED:
            self.orders[order.ticket] = order
        else:
            self.orders.pop(order.ticket, None)
        self.written["orders", order.ticket] = order
        self.touched = True

    def record(self, deal: Deal) -> None:
        self.written["deals", deal.ticket] = deal
        self.touched = True

    def clean(self) -> None:
        """Forget the notes: all is written."""
        self.written.clear()
        self.dropped.clear()
        self.next_ticket = _no_tickets
        self.touched = False
        self._marked_msc = self.account.settled_msc


_MARK_EVERY_MSC = 3_600_000


def _no_tickets() -> int:
    raise RuntimeError("tickets are given only inside a transaction of the book")
