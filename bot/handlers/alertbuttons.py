"""What people do with alerts: have one in hand, the commands below it, a lock of its account."""

from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from bot.buttons.alerts import AcknowledgeTap
from bot.buttons.commands import CommandTap
from bot.buttons.guard import LockTap
from bot.commands import ask, handed
from bot.context import App
from bot.talk.taps import Tap
from bot.words import Words
from core.alerts.escalating import acknowledge
from core.model.ids import AccountId
from core.model.people import Person
from core.model.risk import Place
from core.risk.locks import lock

LOCK_REASON = "after an alert"


def make_router() -> Router:
    router = Router(name="notifications")
    router.callback_query.register(on_acknowledge, AcknowledgeTap.filter())
    router.callback_query.register(on_command, CommandTap.filter())
    router.callback_query.register(on_lock, LockTap.filter())
    return router


async def on_acknowledge(
    _: object, callback_data: AcknowledgeTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    await acknowledge(app.desk, callback_data.escalation, person)
    await tap.answer(words.label("alert-thanks"))


async def on_command(
    query: CallbackQuery, callback_data: CommandTap, tap: Tap, bot: Bot, event_router: Router, **data: Any
) -> None:
    """As if the person had written it: who may is asked there, and nowhere twice."""
    await tap.answer()
    if query.message is None:
        return
    said = Message(
        message_id=query.message.message_id,
        date=datetime.now(UTC),
        chat=query.message.chat,
        from_user=query.from_user,
        text=f"/{callback_data.name} {callback_data.argument}".rstrip(),
    ).as_(bot)
    data |= handed(ask(said.text or "", data["person"]))
    await _root(event_router).propagate_event("message", said, bot=bot, tap=None, **data)


def _root(router: Router) -> Router:
    return router if router.parent_router is None else _root(router.parent_router)


async def on_lock(
    _: object, callback_data: LockTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    place = Place(AccountId(callback_data.account))
    await lock(app.desk, person, place, LOCK_REASON)
    await tap.answer(words.label("alert-locked"), alert=True)
