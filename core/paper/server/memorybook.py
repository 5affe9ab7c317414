"""A broker's book in the memory of one process: for tests, and for speed. Its readers share it by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from operator import attrgetter
from typing import TypeVar

from core.paper.market.plan import MarketPlan
from core.paper.server.book import FIRST_TICKET, LAST, Delayed
from core.paper.server.ledger import Ledger
from core.paper.server.records import Account, Deal, Order, Position

PREFIX = ":memory:"
_Any = TypeVar("_Any", Position, Order)
_Row = TypeVar("_Row", Order, Deal)


@dataclass(slots=True)
class _Shelf:
    """What belongs to one account, by ticket."""

    positions: dict[int, Position] = field(default_factory=dict)
    working: dict[int, Order] = field(default_factory=dict)
    done: dict[int, Order] = field(default_factory=dict)
    deals: dict[int, Deal] = field(default_factory=dict)
    late: list[Delayed] = field(default_factory=list)


class MemoryBook:
    """A book of plain dicts. It lives while someone has it open; not for several threads at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.openings = 0
        self._plan = MarketPlan()
        self._plan_revision = 0
        self._ticket = FIRST_TICKET
        self._accounts: dict[int, Account] = {}
        self._shelves: dict[int, _Shelf] = {}
        self._replays: dict[str, bytes] = {}
        self._faults: dict[int, tuple[str, str, int]] = {}
        self._fault_number = 0

    @classmethod
    def open(cls, name: str) -> "MemoryBook":
        """The book of that name (`:memory:NAME`), made if nobody has it open."""
        book = _BOOKS.setdefault(name, cls(name))
        book.openings += 1
        return book

    def close(self) -> None:
        self.openings -= 1
        if self.openings <= 0:
            _BOOKS.pop(self.name, None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written within goes back if the block raises; ledgers are saved whole, at its end."""
        late = {login: list(shelf.late) for login, shelf in self._shelves.items() if shelf.late}
        try:
            yield
        except BaseException:
            for login, requests in late.items():
                self._shelves[login].late = requests
            raise

    def next_ticket(self) -> int:
        self._ticket += 1
        return self._ticket

    # -- the market

    def plan(self) -> MarketPlan:
        return self._plan

    def write_plan(self, plan: MarketPlan) -> None:
        self._plan = plan
        self._plan_revision += 1

    def keep_replay(self, digest: str, bars: bytes) -> None:
        self._replays.setdefault(digest, bars)

    def replay(self, digest: str) -> bytes | None:
        return self._replays.get(digest)

    # -- accounts

    def revisions(self, login: int) -> tuple[int | None, int]:
        account = self._accounts.get(login)
        return (None if account is None else account.revision), self._plan_revision

    def account(self, login: int) -> Account | None:
        return self._accounts.get(login)

    def logins(self) -> list[int]:
        return sorted(self._accounts)

    def write_account(self, account: Account) -> None:
        self._accounts[account.login] = account
        self._shelves.setdefault(account.login, _Shelf())

    def ledger(self, login: int) -> Ledger | None:
        account, shelf = self._accounts.get(login), self._shelves.get(login)
        if account is None or shelf is None:
            return None
        return Ledger(account, _by_ticket(shelf.positions), _by_ticket(shelf.working))

    def save(self, ledger: Ledger) -> None:
        shelf = self._shelves[ledger.account.login]
        for row in ledger.written.values():
            _put(shelf, row)
        for ticket in ledger.dropped:
            shelf.positions.pop(ticket, None)
        self._accounts[ledger.account.login] = ledger.sealed()
        ledger.clean()

    # -- history

    def history_orders(
        self, login: int, column: str = "ticket", low: int = 0, high: int = LAST
    ) -> list[Order]:
        rows = _between(self._shelves[login].done, column, low, high)
        return sorted(rows, key=attrgetter("time_done_msc", "ticket"))

    def deals(self, login: int, column: str = "ticket", low: int = 0, high: int = LAST) -> list[Deal]:
        rows = _between(self._shelves[login].deals, column, low, high)
        return sorted(rows, key=attrgetter("time_msc", "ticket"))

    # -- requests put off

    def put_off(self, login: int, delayed: Delayed) -> None:
        self._shelves[login].late.append(delayed)

    def late_due(self, login: int) -> float:
        late = self._shelves[login].late
        return min(delayed.due_msc for delayed in late) if late else inf

    def take_late(self, login: int, until_msc: int) -> list[Delayed]:
        shelf = self._shelves[login]
        if not shelf.late:
            return []
        due = [delayed for delayed in shelf.late if delayed.due_msc <= until_msc]
        shelf.late = [delayed for delayed in shelf.late if delayed.due_msc > until_msc]
        return sorted(due, key=attrgetter("due_msc"))

    # -- faults

    def add_fault(self, call: str, fault: str) -> None:
        self._fault_number += 1
        self._faults[self._fault_number] = (call, fault, 0)

    def faults(self, call: str) -> list[tuple[int, str, int]]:
        return [(n, text, met) for n, (of, text, met) in self._faults.items() if of in (call, "*")]

    def fault_met(self, number: int, met: int) -> None:
        call, text, _ = self._faults[number]
        self._faults[number] = (call, text, met)

    def drop_fault(self, number: int) -> None:
        self._faults.pop(number, None)

    def clear_faults(self) -> None:
        self._faults.clear()


_BOOKS: dict[str, MemoryBook] = {}


def _by_ticket(rows: dict[int, _Any]) -> list[_Any]:
    return [rows[ticket] for ticket in sorted(rows)]


def _put(shelf: _Shelf, row: Position | Order | Deal) -> None:
    if isinstance(row, Deal):
        shelf.deals[row.ticket] = row
    elif isinstance(row, Position):
        shelf.positions[row.ticket] = row
    elif row.live:
        shelf.working[row.ticket] = row
    else:
        shelf.working.pop(row.ticket, None)
        shelf.done[row.ticket] = row


def _between(rows: dict[int, _Row], column: str, low: int, high: int) -> list[_Row]:
    if column == "ticket" and low == high:
        return [rows[low]] if low in rows else []
    value = attrgetter(column)
    return [row for row in rows.values() if low <= value(row) <= high]
