"""One update of a person at a time; what must never wait for their other updates has a lane of its own.

A chart may take a terminal's patience. Meanwhile a panic, a lock or a hold of the same person is handled
beside it: none of these asks a terminal anything before it counts, and the database decides between two.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from weakref import WeakValueDictionary

from aiogram.fsm.storage.base import DEFAULT_DESTINY, BaseEventIsolation, StorageKey
from aiogram.types import Update

from bot.buttons.alerts import AcknowledgeTap
from bot.buttons.commands import CommandTap
from bot.buttons.fields import DeskTap, tap_of
from bot.buttons.guard import (
    HoldTap,
    LiquidationTap,
    LockTap,
    PanicProgressTap,
    PanicTap,
    UnlockSureTap,
    UnlockTap,
)
from bot.buttons.positions import CloseAllTap
from bot.commands import (
    BY_NAME,
    CLOSE_ALL,
    HOLD,
    LOCK,
    PANIC,
    PAUSE,
    RESUME,
    UNLOCK,
    DeskCommand,
    read_command,
)

_URGENT: Final[Mapping[str, tuple[DeskCommand | type[DeskTap], ...]]] = {
    "panic": (PANIC, PanicTap, PanicProgressTap),
    "liquidations": (HOLD, LiquidationTap, HoldTap),
    "locks": (LOCK, UNLOCK, PAUSE, RESUME, LockTap, UnlockTap, UnlockSureTap),
    "closing": (CLOSE_ALL, CloseAllTap),
    "alerts": (AcknowledgeTap,),
}
_LANES: Final = {each: lane for lane, urgent in _URGENT.items() for each in urgent}


class Lanes(BaseEventIsolation):
    """A lock for each lane that somebody is in; one that nobody is in takes no memory."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[StorageKey, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncIterator[None]:
        lane = self._locks.setdefault(key, asyncio.Lock())
        async with lane:
            yield

    async def close(self) -> None:
        """Nothing is held that would not go by itself."""

    def __len__(self) -> int:
        return len(self._locks)


def lane_of(update: Update) -> str:
    """The lane of what was typed or tapped; most things share one."""
    asked: DeskCommand | type[DeskTap] | None = None
    if update.callback_query is not None:
        asked = _tapped(update.callback_query.data or "")
    elif update.message is not None:
        asked = _command(update.message.text or "")
    return DEFAULT_DESTINY if asked is None else _LANES.get(asked, DEFAULT_DESTINY)


def _tapped(data: str) -> DeskCommand | type[DeskTap] | None:
    """Of a button that is a command, the command."""
    tap = tap_of(data)
    return BY_NAME.get(data.split(":")[1]) if tap is CommandTap and ":" in data else tap


def _command(text: str) -> DeskCommand | None:
    typed = read_command(text)
    return BY_NAME.get(typed.name) if typed is not None else None
