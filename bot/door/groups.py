"""The bot in groups: it tells there what is routed to them, and listens to one command of who may route.

People are authorised, never groups: who else writes, taps or adds the bot is not served, and the bot leaves a
group that it was brought into by anybody else.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiogram import Bot
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import Filter
from aiogram.types import ChatMemberUpdated, Message, TelegramObject, Update, User

from bot.commands import ROUTE, ask, handed
from bot.context import App
from bot.words import words_of
from core.alerts.routing import pause_routes_of
from core.model.people import Person, Right

log = structlog.get_logger(__name__)

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
GONE = (ChatMemberStatus.LEFT, ChatMemberStatus.KICKED)


class InGroup(Filter):
    """Passes what happens in a group; only who may route gets that far (see `meet_group`)."""

    async def __call__(self, event: Message | ChatMemberUpdated) -> bool:
        return event.chat.type != ChatType.PRIVATE


async def meet_group(handler: Handler, event: Update, user: User, data: dict[str, Any]) -> Any:
    """Hands on what somebody who may route asks for in a group, as `person`; else nothing is said there."""
    app: App = data["app"]
    person = await _who_may(app, user.id)
    if event.my_chat_member is not None and not await _stays(app, event.my_chat_member, person, data["bot"]):
        return None
    if person is None or event.callback_query is not None:
        return None
    data |= {"person": person, "words": words_of(person)}
    if event.message is not None:
        asked = ask(event.message.text or "", person)
        if asked.command is not ROUTE:
            return None
        data |= handed(asked)
    return await handler(event, data)


async def _who_may(app: App, telegram_id: int) -> Person | None:
    async with app.desk.store.read() as tx:
        person = await tx.people.by_telegram_id(telegram_id)
    may = person is not None and person.met and not person.is_blocked and person.may(Right.ROUTE)
    return person if may else None


async def _stays(app: App, update: ChatMemberUpdated, person: Person | None, bot: Bot) -> bool:
    """Whether the bot is to be in that group: not when it was thrown out, or brought in by somebody else."""
    if update.new_chat_member.status in GONE:
        await pause_routes_of(app.desk, update.chat.id, "the bot was removed from the group")
        return False
    if person is not None or update.old_chat_member.status not in GONE:
        return True
    log.warning("group.left", chat=update.chat.id, brought_by=update.from_user.id)
    try:
        await bot.leave_chat(update.chat.id)
    except TelegramAPIError as refused:
        log.warning("group.not_left", chat=update.chat.id, error=str(refused))
    return False
