"""Groups: what is said there by who may route alerts to them, and the bot's coming."""

from aiogram import Router
from aiogram.types import ChatMemberUpdated, Message

from bot.commands import ROUTE, Asks
from bot.context import App
from bot.door.groups import InGroup
from bot.views.alerts.routes import how_to_route, routed_here
from bot.views.markup import Rendered
from bot.words import Words
from core.alerts.routing import add_route
from core.model.alerts import ROUTABLE, Family
from core.model.people import Person

HERE, EVERYTHING = "here", "all"


def make_router() -> Router:
    router = Router(name="groups")
    router.my_chat_member.register(on_brought, InGroup())
    router.message.register(on_here, Asks(ROUTE), InGroup())
    router.message.register(on_group, InGroup())
    return router


async def on_brought(update: ChatMemberUpdated, words: Words) -> None:
    """Somebody who may route has brought the bot into a group."""
    await update.answer(how_to_route(words).text)


async def on_here(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    """`here drawdown liquidation`: these go to this topic from now on."""
    place, *names = argument.replace(",", " ").lower().split() or [""]
    families = _named(names)
    if place != HERE or not families:
        return await _say(message, how_to_route(words))
    title = _title(message)
    route = await add_route(app.desk, person, message.chat.id, _topic(message), title, families)
    return await _say(message, routed_here(route, words))


async def on_group(message: Message, words: Words) -> None:
    """The command, wrongly written."""
    await _say(message, how_to_route(words))


def _named(names: list[str]) -> frozenset[Family]:
    """Those of the names that are families; `all` names each."""
    if names == [EVERYTHING]:
        return ROUTABLE
    return ROUTABLE & {Family(name) for name in names if name in set(Family)}


async def _say(message: Message, rendered: Rendered) -> None:
    """In the topic in which it was asked."""
    await message.answer(rendered.text)


def _topic(message: Message) -> int:
    """0 outside of forums, and in General, which messages reach without one."""
    return message.message_thread_id or 0 if message.is_topic_message else 0


def _title(message: Message) -> str:
    """The group, with the topic where its name can be seen."""
    beginning = message.reply_to_message
    topic = beginning.forum_topic_created.name if beginning and beginning.forum_topic_created else ""
    whole = message.chat.title or str(message.chat.id)
    return f"{whole} › {topic}" if topic else whole
