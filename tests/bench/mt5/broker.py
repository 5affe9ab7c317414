"""A paper broker for the bench: accounts, a terminal for each, positions in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.model.clock import SystemClock
from core.mt5 import contract as mt5
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.link import WorkerCommand
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account

SERVER, PASSWORD = "Paper-Bench", "pw"
POSITIONS = 20


@dataclass(frozen=True, slots=True)
class Broker:
    """Accounts by login; the folder of an account's terminal bears its number."""

    hands: Hands
    folder: Path
    logins: range

    def terminal(self, login: int) -> str:
        return str(self.folder / str(login))

    def session(self, login: int) -> Session:
        """An account's session over a worker of its own; nothing starts yet."""
        terminal = Terminal(WorkerCommand("core.paper", str(login)), name=str(login))
        signed_in = Login(self.terminal(login), login, SERVER, PASSWORD)
        return Session(Connection(terminal, signed_in, SystemClock(), watch=("EURUSD",)))

    def open_positions(self) -> None:
        """Twenty in every account."""
        for login in self.logins:
            for _ in range(POSITIONS):
                self.hands.open_position(login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.01)


@contextmanager
def open_broker(folder: Path, accounts: int = 1, book: str = "") -> Iterator[Broker]:
    """A broker that keeps its book in a file, or in `:memory:NAME` of this process."""
    folder.mkdir(parents=True)
    place = book or str(folder / "broker.sqlite3")
    hands = Hands.on(place, MarketPlan(seed=7))
    logins = range(1, accounts + 1)
    try:
        for login in logins:
            hands.open_account(Account(login=login, name="Bench", server=SERVER), PASSWORD, 100_000.0)
            install_terminal(folder / str(login), place, login)
        yield Broker(hands, folder, logins)
    finally:
        hands.close_book()
