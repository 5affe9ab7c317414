"""/status: the message that stays and follows."""

from aiogram import Router
from aiogram.types import Message

from bot.commands import STATUS, Asks
from bot.context import App
from bot.delivery.live import ask_for_status
from core.model.people import Person


def make_router() -> Router:
    router = Router(name="status")
    router.message.register(on_status, Asks(STATUS))
    return router


async def on_status(_: Message, person: Person, app: App) -> None:
    await ask_for_status(app, person)
