"""The pool: one session per account, made when asked for, closed newest first."""

import asyncio
from uuid import UUID, uuid4

import pytest

from core.model.accounts import Account, TerminalKind
from core.model.clock import SystemClock
from core.model.ids import AccountId, PersonId
from core.mt5.connection import Connection, Login
from core.mt5.errors import TerminalGone
from core.mt5.pool import Pool, make_session
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.workers import LinkLost, WorkerProcess


class Openings:
    """Makes sessions whose worker cannot start, and notes what happens to them."""

    def __init__(self) -> None:
        self.made: list[AccountId] = []
        self.closed: list[AccountId] = []

    async def __call__(self, account: AccountId) -> Session:
        await asyncio.sleep(0)
        self.made.append(account)
        noted = self.closed

        class Noted(Session):
            async def aclose(self) -> None:
                noted.append(account)
                await super().aclose()

        login = Login("/nowhere", 1, "Broker", "secret")
        return Noted(Connection(Terminal(self._no_link), login, SystemClock()))

    async def _no_link(self) -> WorkerProcess:
        raise LinkLost("no worker here")


ONE, TWO = AccountId(UUID(int=1)), AccountId(UUID(int=2))


async def test_a_session_is_made_once_however_many_ask() -> None:
    openings = Openings()
    async with Pool(openings) as pool:
        sessions = await asyncio.gather(*(pool.session(ONE) for _ in range(10)), pool.session(TWO))
        assert len({id(session) for session in sessions}) == 2
        assert sorted(openings.made) == [ONE, TWO]
        with pytest.raises(TerminalGone, match="no worker here"):
            await sessions[0].account()


async def test_all_are_closed_the_newest_first() -> None:
    openings = Openings()
    async with Pool(openings) as pool:
        await pool.session(ONE)
        await pool.session(TWO)
    assert openings.closed == [TWO, ONE]


async def test_a_closed_account_is_made_anew() -> None:
    openings = Openings()
    async with Pool(openings) as pool:
        first = await pool.session(ONE)
        await pool.close(ONE)
        await pool.close(TWO)
        assert await pool.session(ONE) is not first
    assert openings.closed == [ONE, ONE]


def test_making_a_session_starts_nothing() -> None:
    account = Account(
        id=ONE,
        person_id=PersonId(uuid4()),
        label="paper-1",
        kind=TerminalKind.PAPER,
        terminal_path="/no/such/folder",
        login=1,
        server="Paper",
    )
    assert make_session(account, "secret", SystemClock()).connection.terminal.hello is None
