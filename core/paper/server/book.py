"""What a broker's book is, wherever it is kept: accounts, their positions, orders and deals, plan, faults."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from core.paper.market.plan import MarketPlan
from core.paper.server.ledger import Ledger
from core.paper.server.records import Account, Deal, Order

FIRST_TICKET = 50_000_000
LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Delayed:
    """A request (as JSON) that is carried out at a later broker time, by an order of that ticket if not 0."""

    due_msc: int
    request: str
    ticket: int = 0


class Book(Protocol):
    """Whoever opens a broker's book sees what all others wrote; one writes at a time."""

    def close(self) -> None: ...

    def transaction(self) -> AbstractContextManager[None]:
        """The only writer meanwhile; nothing is written if the block raises."""

    def next_ticket(self) -> int:
        """A number that no order or deal has had. Within a transaction."""

    # -- the market

    def plan(self) -> MarketPlan: ...

    def write_plan(self, plan: MarketPlan) -> None: ...

    def keep_replay(self, digest: str, bars: bytes) -> None:
        """Keep a replay's bars under their digest, once."""

    def replay(self, digest: str) -> bytes | None: ...

    # -- accounts

    def revisions(self, login: int) -> tuple[int | None, int]:
        """How often the account and the plan have changed; None for an account that is not there."""

    def account(self, login: int) -> Account | None: ...

    def logins(self) -> list[int]: ...

    def write_account(self, account: Account) -> None: ...

    def ledger(self, login: int) -> Ledger | None: ...

    def save(self, ledger: Ledger) -> None:
        """Write back what was done to a ledger, and count its revision up. Within a transaction."""

    # -- history: rows whose `column` lies between two numbers, both included, in the order of their times

    def history_orders(
        self, login: int, column: str = "ticket", low: int = 0, high: int = LAST
    ) -> list[Order]: ...

    def deals(self, login: int, column: str = "ticket", low: int = 0, high: int = LAST) -> list[Deal]: ...

    # -- requests put off

    def put_off(self, login: int, delayed: Delayed) -> None: ...

    def late_due(self, login: int) -> float:
        """When the next request that was put off is due, in broker ms; infinity if there is none."""

    def take_late(self, login: int, until_msc: int) -> list[Delayed]:
        """Requests due up to a time, taken out. Within a transaction."""

    # -- scripted faults, as texts; `faults.py` reads them

    def add_fault(self, call: str, fault: str) -> None: ...

    def faults(self, call: str) -> list[tuple[int, str, int]]:
        """Number, text, and how many calls it has matched, of a call's faults and of those of any ("*")."""

    def fault_met(self, number: int, met: int) -> None: ...

    def drop_fault(self, number: int) -> None: ...

    def clear_faults(self) -> None: ...
