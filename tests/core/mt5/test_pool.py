"""The pool: one session per account, made when asked for, closed newest first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from core.model.accounts import Account, TerminalKind
from core.model.clock import SystemClock
from core.model.ids import AccountId, PersonId
from core.mt5.access import Login
from core.mt5.connection import Connection
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


class Ending(Session):
    """A session that ends as a test wants it to."""

    def __init__(self, end: Callable[[], Awaitable[None]]) -> None:
        self._end = end

    async def __aenter__(self) -> Self:
        return self

    async def aclose(self) -> None:
        await self._end()


async def end_all(number: int, end: Callable[[], Awaitable[None]]) -> None:
    """Close a pool of so many sessions."""

    async def open_session(_: AccountId) -> Session:
        return Ending(end)

    async with Pool(open_session) as pool:
        for account in range(number):
            await pool.session(AccountId(UUID(int=account)))


async def test_sessions_that_take_long_to_end_wait_together() -> None:
    all_there = asyncio.Barrier(20)

    async def end() -> None:
        await all_there.wait()

    async with asyncio.timeout(10):
        await end_all(20, end)


async def test_not_all_of_very_many_end_at_the_same_moment() -> None:
    ending, most = 0, 0

    async def end() -> None:
        nonlocal ending, most
        ending += 1
        most = max(most, ending)
        await asyncio.sleep(0)
        ending -= 1

    await end_all(100, end)
    assert 1 < most < 50


async def test_one_that_fails_to_end_keeps_no_other_from_it() -> None:
    ended = 0

    async def end() -> None:
        nonlocal ended
        ended += 1
        if ended == 1:
            raise RuntimeError("as asked")

    with capture_logs() as logs:
        await end_all(3, end)
    assert ended == 3
    assert [entry["event"] for entry in logs] == ["session_not_closed"]


async def test_an_account_that_opens_slowly_holds_up_no_other() -> None:
    openings, gate = Openings(), asyncio.Event()

    async def open_session(account: AccountId) -> Session:
        if account == ONE:
            await gate.wait()
        return await openings(account)

    async with Pool(open_session) as pool:
        slow = asyncio.create_task(pool.session(ONE))
        await pool.session(TWO)
        assert not slow.done()
        gate.set()
        await slow


async def test_looking_at_the_open_ones_opens_none() -> None:
    openings = Openings()
    async with Pool(openings) as pool:
        assert pool.sessions == {}
        first, second = await pool.session(TWO), await pool.session(ONE)
        assert list(pool.sessions.items()) == [(TWO, first), (ONE, second)]
        with pytest.raises(TerminalGone):
            await first.account()
        assert [s.connection.breaker.counts.failures for s in pool.sessions.values()] == [1, 0]
        await pool.close(TWO)
        assert list(pool.sessions) == [ONE]
    assert openings.made == [TWO, ONE]


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
