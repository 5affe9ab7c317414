"""Looking into a terminal before an account is linked: is the login right, and what is there?"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.accounts.refusals import AccountRefused, Reason
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.mt5.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    NoData,
    TerminalError,
    WrongAccount,
)
from core.mt5.session import Session

PATIENCE_S = 120.0
"""A terminal that has to be started first takes a minute."""

OpenCandidate = Callable[[Account, str], Session]
"""A session of its own for an account that is not linked yet, with its password; nothing starts."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the terminal shows of an account, and the broker's symbol of each instrument, None without."""

    snapshot: MT5AccountSnapshot
    symbols: Mapping[str, str | None]


async def look_into(session: Session, instruments: Iterable[str], patience_s: float = PATIENCE_S) -> Found:
    """Log in and read, then leave the terminal. Raises AccountRefused for whatever kept it from that."""
    try:
        async with asyncio.timeout(patience_s), session:
            await session.connect()
            snapshot = await session.snapshot()
            return Found(snapshot, {each: await _symbol(session, each) for each in sorted(set(instruments))})
    except TimeoutError as error:
        raise AccountRefused(Reason.TIMED_OUT) from error
    except TerminalError as error:
        raise AccountRefused(_reason(error)) from error


async def _symbol(session: Session, instrument: str) -> str | None:
    try:
        return await session.find_symbol(instrument)
    except NoData:
        return None


_REASONS: Final = (
    (WrongAccount, Reason.WRONG_ACCOUNT),
    (DeadlineExceeded, Reason.TIMED_OUT),
)


def _reason(error: TerminalError) -> Reason:
    if isinstance(error, AuthenticationFailed):
        asks_more = error.for_trader != error.sentence
        return Reason.ONE_TIME_PASSWORD if asks_more else Reason.REJECTED
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.UNREACHABLE)
