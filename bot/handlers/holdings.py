"""/positions and /orders: what is held, the view of one of them, and the questions that its buttons put."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bot.buttons.positions import OrderAct, OrdersTap, OrderTap, PositionAct, PositionsTap, PositionTap
from bot.commands import ORDERS, POSITIONS, Asks
from bot.context import App
from bot.handlers.requests import put_question
from bot.readings.accounts import READS
from bot.readings.holdings import read_book, read_books
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views import orders as order_views
from bot.views import positions as position_views
from bot.views.book import Book
from bot.views.markup import Rendered
from bot.words import Words
from core.accounts.owned import account_for
from core.model.accounts import Account
from core.model.errors import NotFound
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.model.requests import RequestKind
from core.trading.requests import Wanted


@dataclass(frozen=True, slots=True)
class Holdings:
    """How all of them are shown, a page at a time, how one is, by its ticket, and what its buttons ask."""

    shown: Callable[[Sequence[Book], int, datetime, Words], Rendered]
    one: Callable[[Book, int, datetime, Words], Rendered]
    asks: Mapping[StrEnum, RequestKind]

    async def on_command(self, message: Message, person: Person, app: App, words: Words) -> None:
        """What the terminals show now, or else the last good reading, which tells its age."""
        books = await read_books(app, person)
        await reply(message, self.shown(books, 0, app.desk.clock.now(), words))

    async def on_page(
        self,
        _: object,
        callback_data: PositionsTap | OrdersTap,
        person: Person,
        app: App,
        tap: Tap,
        words: Words,
    ) -> None:
        async with tap.working(""):
            books = await read_books(app, person)
        await tap.show(self.shown(books, callback_data.page, app.desk.clock.now(), words))

    async def on_one(
        self,
        _: object,
        callback_data: PositionTap | OrderTap,
        person: Person,
        app: App,
        tap: Tap,
        words: Words,
        state: FSMContext,
    ) -> None:
        ticket, kind = callback_data.ticket, self.asks.get(callback_data.act)
        async with app.desk.store.read() as tx:
            rights = READS if kind is None else (Right.CLOSE_OWN,)
            account = await account_for(tx, person, AccountId(callback_data.account), *rights)
        if kind is None:
            async with tap.working(""):
                shown = await self._read(app, person, account, ticket, words)
            await tap.show(shown)
            return
        wanted = Wanted(account.id, ticket, kind, half=callback_data.act is PositionAct.HALF)
        try:
            await put_question(app, wanted, person, tap, words, state)
        except NotFound:
            await tap.show(await self._read(app, person, account, ticket, words))
            raise

    async def _read(self, app: App, person: Person, account: Account, ticket: int, words: Words) -> Rendered:
        book = await read_book(app, person, account)
        return self.one(book, ticket, app.desk.clock.now(), words)


POSITIONS_HELD = Holdings(
    position_views.positions,
    position_views.position_of,
    {
        PositionAct.CLOSE: RequestKind.CLOSE,
        PositionAct.HALF: RequestKind.CLOSE,
        PositionAct.BREAK_EVEN: RequestKind.BREAK_EVEN,
        PositionAct.STOP: RequestKind.STOP,
        PositionAct.TARGET: RequestKind.TARGET,
    },
)
ORDERS_PENDING = Holdings(
    order_views.orders,
    order_views.order_of,
    {OrderAct.CANCEL: RequestKind.CANCEL, OrderAct.MOVE: RequestKind.MOVE},
)


def make_router() -> Router:
    router = Router(name="holdings")
    router.message.register(POSITIONS_HELD.on_command, Asks(POSITIONS))
    router.message.register(ORDERS_PENDING.on_command, Asks(ORDERS))
    router.callback_query.register(POSITIONS_HELD.on_page, PositionsTap.filter())
    router.callback_query.register(ORDERS_PENDING.on_page, OrdersTap.filter())
    router.callback_query.register(POSITIONS_HELD.on_one, PositionTap.filter())
    router.callback_query.register(ORDERS_PENDING.on_one, OrderTap.filter())
    return router
