"""/status and /signals."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import Message

from bot.commands import SIGNALS, STATUS, Asks
from bot.context import App
from bot.delivery.live import ask_for_status
from bot.views.signals import Listed, signals
from core.model.people import Person, Right
from core.ports import Tx

NEWEST = 10


def make_router() -> Router:
    router = Router(name="status")
    router.message.register(on_status, Asks(STATUS))
    router.message.register(on_signals, Asks(SIGNALS))
    return router


async def on_status(_: Message, person: Person, app: App) -> None:
    await ask_for_status(app, person)


async def on_signals(message: Message, person: Person, app: App) -> None:
    async with app.desk.store.read() as tx:
        listed = await (_of_desk(tx) if person.may(Right.READ_DESK) else _of_person(tx, person))
    await message.answer(signals(listed).text)


async def _of_desk(tx: Tx) -> Sequence[Listed]:
    return [Listed(one, await tx.approvals.of_signal(one.id)) for one in await tx.signals.recent(NEWEST)]


async def _of_person(tx: Tx, person: Person) -> Sequence[Listed]:
    approvals = await tx.approvals.of_person(person.id, NEWEST)
    found = [(await tx.signals.get(approval.signal_id), approval) for approval in approvals]
    return [Listed(signal, [approval]) for signal, approval in found if signal is not None]
