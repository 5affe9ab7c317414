"""What an update costs on its way to its handler: middlewares, routers and filters, without I/O.

The store answers from memory what is read for every update, Telegram takes each answer at once, and handlers
do nothing, so that the way alone is measured.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, NoReturn, cast
from uuid import uuid4

from aiogram import Bot, Dispatcher
from aiogram.client.session.base import BaseSession
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.types import CallbackQuery, Chat, Message, Update, User

from bot.buttons.cards import CardAct, CardTap
from bot.commands import COMMANDS, DeskCommand
from bot.context import App
from bot.sandbox import DEMO_TOKEN
from bot.telegram.dispatcher import make_dispatcher
from core.desk import Desk
from core.health.monitor import Monitor
from core.model.clock import SystemClock
from core.model.ids import AccountId, PersonId
from core.model.people import CONSENT_VERSION, Person, Role
from core.mt5.pool import Pool
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from tests.bench.rows import Row
from tests.bot.stage import OnePixel

BATCHES, BATCH = 21, 100
MOST_US = 250
ARGUMENTS = ("", "EURUSD", "1h news", "account Main")
"""One of them is what a command takes."""

UPDATE_IDS = count(1)
"""As Telegram counts: aiogram knows updates by them, and compares those of one id field by field."""
USER = User(id=7_001, is_bot=False, first_name="Olga")
CHAT = Chat(id=USER.id, type="private")
PERSON = Person(
    PersonId(uuid4()), USER.id, USER.first_name, frozenset(Role), USER.id, consent_version=CONSENT_VERSION
)


async def dispatch_rows(_: Path) -> list[Row]:
    """Processor time, the medians of many short runs: other programs disturb it least."""
    bot = Bot(DEMO_TOKEN, session=_Yes())
    dispatcher = make_dispatcher(_app())
    _empty_handlers(dispatcher)
    commands = [await _cost_us(dispatcher, bot, _said(_asking(each))) for each in COMMANDS]
    kinds = {
        "a tap on a card": _tapped(CardTap(act=CardAct.APPROVE, approval=uuid4(), version=1).pack()),
        "a tap that nobody knows": _tapped("nobody:1"),
        "a text that nobody knows": _said("good morning"),
    }
    return [
        Row("dispatch of the slowest command", max(commands), "µs", len(commands) * BATCHES, MOST_US),
        *[
            Row(f"dispatch of {what}", await _cost_us(dispatcher, bot, update), "µs", BATCHES, MOST_US)
            for what, update in kinds.items()
        ],
    ]


async def _cost_us(dispatcher: Dispatcher, bot: Bot, update: Update) -> float:
    """Of an update that belongs to the bot, as one does that was fetched."""
    fetched = Update.model_validate(update.model_dump(), context={"bot": bot})
    return median([await _batch_us(dispatcher, bot, fetched) for _ in range(BATCHES)])


async def _batch_us(dispatcher: Dispatcher, bot: Bot, update: Update) -> float:
    began = time.process_time()
    for _ in range(BATCH):
        await dispatcher.feed_update(bot, update)
    return (time.process_time() - began) / BATCH * 1_000_000


def _asking(command: DeskCommand) -> str:
    """A text that asks for it, rightly if one of the arguments fits it; the fallback takes the others."""
    argument = next((each for each in ARGUMENTS if command.takes(each)), "")
    return f"/{command.name} {argument}".strip()


def _said(text: str) -> Update:
    return Update(update_id=next(UPDATE_IDS), message=_message(USER, text))


def _tapped(data: str) -> Update:
    below = _message(User(id=1, is_bot=True, first_name="Tapdesk"), "card")
    return Update(
        update_id=next(UPDATE_IDS),
        callback_query=CallbackQuery(id="1", from_user=USER, chat_instance="1", message=below, data=data),
    )


def _message(sender: User, text: str) -> Message:
    return Message(message_id=1, date=datetime.now(UTC), chat=CHAT, from_user=sender, text=text)


def _empty_handlers(dispatcher: Dispatcher) -> None:
    for handler in _handlers(dispatcher):
        handler.callback = _do_nothing


def _handlers(dispatcher: Dispatcher) -> Iterator[HandlerObject]:
    for router in dispatcher.chain_tail:
        yield from (*router.message.handlers, *router.callback_query.handlers)


async def _do_nothing(*_: object, **__: object) -> None:
    pass


def _app() -> App:
    desk = Desk(cast("Store", _Memory()), SystemClock(), Pool(_no_terminal), epoch=1)
    return App(desk, OnePixel(), Monitor(desk), Scheduler(desk, Schedule()))


async def _no_terminal(account: AccountId) -> NoReturn:
    raise LookupError(f"account {account} has no terminal here")


class _Memory:
    """A store in which there is one person, who waits for nothing."""

    def __init__(self) -> None:
        self.people = self.dialogs = self

    @asynccontextmanager
    async def read(self) -> AsyncIterator["_Memory"]:
        yield self

    async def by_telegram_ids(self, _: Collection[int]) -> Mapping[int, Person]:
        return {PERSON.telegram_id: PERSON}

    async def get(self, *_: object) -> None:
        return None


class _Yes(BaseSession):
    """A Telegram that says yes at once."""

    async def make_request(self, *_: object, **__: object) -> Any:
        return True

    async def close(self) -> None:
        pass

    async def stream_content(self, *_: object, **__: object) -> AsyncGenerator[bytes, None]:
        yield b""
