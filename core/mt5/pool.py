"""The sessions of many accounts: opened when first asked for, closed in order."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from core.model.accounts import Account, TerminalKind
from core.model.clock import Clock
from core.model.ids import AccountId
from core.mt5 import worker
from core.mt5.access import Login
from core.mt5.calls import Deadlines
from core.mt5.connection import Connection
from core.mt5.link import WorkerCommand
from core.mt5.session import Session
from core.mt5.terminal import Terminal

log = structlog.get_logger(__name__)

_MODULES: Mapping[TerminalKind, str] = {
    TerminalKind.PAPER: "core.paper",
    TerminalKind.MT5: "MetaTrader5",
}

_ENDING_AT_ONCE = 25
"""A worker that hangs takes seconds to end; so many of them wait together."""

OpenSession = Callable[[AccountId], Awaitable[Session]]


def make_session(
    account: Account,
    password: str,
    clock: Clock,
    *,
    deadlines: Deadlines | None = None,
    python: Sequence[str] = (),
    pips: Mapping[str, Decimal] | None = None,
) -> Session:
    """A session for an account over a worker of its kind of terminal; nothing starts yet.

    `python` is the command of the interpreter that has the MetaTrader5 package, ours if empty. Another one
    (Wine's) runs the worker's file by its path, and needs nothing else of the desk. `pips` are the sizes that
    the desk has set, by its own names of instruments.
    """
    command = _command(account, python)
    terminal = Terminal(command, deadlines=deadlines, name=account.label)
    login = Login(_program(account), account.login, account.server, password)
    watch = tuple(account.symbols.values()) or ("EURUSD",)
    named = {account.symbols.get(name, name): size for name, size in (pips or {}).items()}
    return Session(Connection(terminal, login, clock, watch=watch), pips=named)


def _command(account: Account, python: Sequence[str]) -> WorkerCommand:
    module = _MODULES[account.kind]
    if account.kind is TerminalKind.PAPER or not python:
        return WorkerCommand(module, account.label)
    return WorkerCommand(module, account.label, python, worker.__file__)


def _program(account: Account) -> str:
    """The path as the terminal will report it: a paper terminal's is of this machine and may be relative."""
    if account.kind is TerminalKind.PAPER:
        return str(Path(account.terminal_path).resolve())
    return account.terminal_path


class Pool:
    """Owns sessions by account. `open_session` makes one that has not been entered."""

    def __init__(self, open_session: OpenSession) -> None:
        self._open_session = open_session
        self._sessions: dict[AccountId, Session] = {}
        self._opening: defaultdict[AccountId, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @property
    def sessions(self) -> dict[AccountId, Session]:
        """Those that are open now, the oldest first; none is opened by looking."""
        return dict(self._sessions)

    async def session(self, account: AccountId) -> Session:
        """The account's session; made at the first call, the same one ever after until it is closed."""
        async with self._opening[account]:
            if account not in self._sessions:
                session = await self._open_session(account)
                self._sessions[account] = await session.__aenter__()
            return self._sessions[account]

    async def close(self, account: AccountId) -> None:
        """End one account's session, so that the next call makes it anew (a changed password or path)."""
        async with self._opening[account]:
            session = self._sessions.pop(account, None)
            if session is not None:
                await session.aclose()

    async def aclose(self) -> None:
        """End all, the newest first and many at once; one that fails to end keeps no other from it."""
        turns = asyncio.Semaphore(_ENDING_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for account in reversed(list(self._sessions)):
                group.create_task(self._end(account, turns))

    async def _end(self, account: AccountId, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                await self.close(account)
            except Exception:  # whatever it was: the others' workers are not to be left behind
                log.exception("session_not_closed", account=str(account))
