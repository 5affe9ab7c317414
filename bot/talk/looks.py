"""How people link accounts here, and the looks into terminals that are under way.

A look takes up to two minutes, and all that time its person's other taps must be answered: it is a task of
its own, in the desk's order of start and stop.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog
from aiogram.exceptions import TelegramAPIError

from core.accounts.linking import Candidates, Verifier
from core.accounts.settings import Ceilings
from core.accounts.terminals import TerminalPlace
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.mt5.pool import make_session
from core.mt5.session import Session

log = structlog.get_logger(__name__)

Look = Callable[[], Awaitable[None]]


def _open(account: Account, password: str) -> Session:
    return make_session(account, password, SystemClock())


@dataclass(frozen=True, slots=True)
class Linking:
    """The terminals that may be used, where paper accounts are made, and what an owner allows at most."""

    terminals: tuple[TerminalPlace, ...] = ()
    paper_folder: Path = Path("var/paper")
    paper_weekends: bool = False
    ceilings: Ceilings = field(default_factory=Ceilings)
    verifier: Verifier = field(default_factory=partial(Verifier, _open))
    candidates: Candidates = field(default_factory=Candidates)
    _looks: asyncio.Queue[Look] = field(default_factory=asyncio.Queue)

    def begin(self, look: Look) -> None:
        """Have it done beside everything else; it tells its person by itself what it found."""
        self._looks.put_nowait(look)

    async def run(self) -> None:
        """Do what is begun until cancelled, all at once."""
        async with asyncio.TaskGroup() as group:
            while True:
                group.create_task(_looked(await self._looks.get()))


async def _looked(look: Look) -> None:
    try:
        await look()
    except TelegramAPIError as error:
        log.warning("look_not_told", error=str(error))
    except Exception:  # the supervised boundary: one person's look ends nobody else's
        log.exception("look_failed")
