"""A desk with two traders, and at its broker another account whose terminal is free."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.accounts.linking import Candidate, Verifier, Wish
from core.accounts.terminals import TerminalPlace
from core.model.accounts import Account
from core.model.people import Person
from core.mt5.access import Login
from core.mt5.connection import Connection
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import install_terminal
from core.paper.server.records import Account as PaperAccount
from core.ports import Store
from tests.fakes.desk import SERVER, PaperDesk, open_paper_desk
from tests.fakes.links import InProcess

LOGIN, PASSWORD = 80_001, "Secret-8"


@dataclass
class Bureau:
    """The desk, and a terminal in `place` that can reach the account of `LOGIN`."""

    paper: PaperDesk
    place: TerminalPlace
    verifier: Verifier

    @property
    def trader(self) -> Person:
        return self.paper.trader.person

    @property
    def other(self) -> Person:
        return self.paper.traders[1].person

    def wish(self, login: int = LOGIN, server: str = SERVER) -> Wish:
        return Wish(self.place, login, server)

    async def verify(self, password: str = PASSWORD, person: Person | None = None) -> Candidate:
        return await self.verifier.verify(self.paper.desk, person or self.trader, self.wish(), password)

    async def accounts(self, person: Person | None = None) -> list[Account]:
        async with self.paper.store.read() as tx:
            return list(await tx.accounts.of_person((person or self.trader).id))

    async def events(self, prefix: str) -> list[str]:
        async with self.paper.store.read() as tx:
            return [event.name for event in reversed(await tx.events.recent(100, prefix))]


@pytest.fixture
async def bureau(store: Store, tmp_path: Path) -> AsyncIterator[Bureau]:
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        holder = PaperAccount(login=LOGIN, name="Ann Other", server=SERVER, leverage=200)
        paper.broker.open_account(holder, PASSWORD, 5_000)
        folder = tmp_path.resolve() / "free"
        install_terminal(folder, tmp_path / "broker.book")

        def open_candidate(account: Account, password: str) -> Session:
            terminal = Terminal(InProcess(), name=account.label)
            login = Login(account.terminal_path, account.login, account.server, password, timeout_ms=500)
            return Session(Connection(terminal, login, paper.clock, watch=("EURUSD",)))

        yield Bureau(paper, TerminalPlace("Second", str(folder)), Verifier(open_candidate))
