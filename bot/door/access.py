"""Who may speak to the desk and say what: people by their Telegram user id, in their private chat.

Here every command and every button is checked against the matrix of rights, before any router sees it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Chat, TelegramObject, Update, User

from bot.buttons.cards import approves
from bot.buttons.fields import tap_of
from bot.commands import Asked, ask, handed
from bot.context import App
from bot.door.groups import meet_group
from bot.door.strangers import meet_stranger, words_of_user
from bot.readings.together import Together
from bot.talk.secrets import guard, may_command
from bot.talk.taps import Tap
from bot.views.replies import not_for_you
from bot.words import Words, words_of
from core.model.events import Event
from core.model.people import Person, Right
from core.ports import Store, Tx

REFUSED = "door.refused"


class AccessMiddleware(BaseMiddleware):
    """Lets only people of the desk pass, as `person`, with what they may do; a stranger meets the door.

    Authorises the person, never the chat: outside a private chat nobody is served. Handlers are given
    `asked`, the command that was asked for rightly (see `bot.commands.Asks`), and its `argument`.
    """

    def __init__(self, store: Store) -> None:
        self._people = Together[int, Person](store, lambda tx, ids: tx.people.by_telegram_ids(ids))

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        app: App = data["app"]
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update) or user is None or user.is_bot:
            return None
        if chat is None or chat.type != ChatType.PRIVATE:
            await _answer_tap(data, words_of_user(user).label("reply-private-chat-only"))
            return await meet_group(handler, event, user, data)
        person = await self._people.find(user.id)
        if person is None:
            return await meet_stranger(app, event, user, chat, data.get("tap"))
        words = words_of(person)
        if event.message is not None:
            await guard(event.message, data.get("raw_state"), words)
        if person.is_blocked:
            return await _shut_out(app, data["bot"], person, chat, words)
        data |= {"person": person, "words": words}
        if await _is_refused(event, person, words, data):
            return None
        return await handler(event, data)


async def _is_refused(event: Update, person: Person, words: Words, data: dict[str, Any]) -> bool:
    """Told so, when the person has no right to what was asked. Who has not met the desk yet is told that
    first, by the door's handlers."""
    if event.message is not None:
        text = event.message.text or ""
        asked = ask(text, person) if may_command(text, data.get("raw_state")) else Asked()
        data |= handed(asked)
        if person.met and asked.command is not None and not asked.command.is_for(person):
            await event.message.answer(not_for_you(asked.command, words), parse_mode=None)
            return True
    elif event.callback_query is not None and person.met:
        tap = tap_of(event.callback_query.data or "")
        if tap is not None and tap.right is not None and not person.may(tap.right):
            await _answer_tap(data, words.label("reply-not-your-button"))
            return True
    return False


async def _shut_out(app: App, bot: Bot, person: Person, chat: Chat, words: Words) -> None:
    """One sentence to who is blocked, then silence; again when they are blocked again. Silence costs a look,
    and no turn of those who write."""
    async with app.desk.store.read() as tx:
        if await _was_told(tx, person):
            return
    async with app.desk.store.write() as tx:
        await tx.events.append(Event(REFUSED, app.desk.clock.now(), str(person.id), person_id=person.id))
    await bot.send_message(chat.id, words.label("reply-blocked"), parse_mode=None)


async def _was_told(tx: Tx, person: Person) -> bool:
    last = await tx.events.last(REFUSED, str(person.id))
    return last is not None and person.blocked_at is not None and last.at >= person.blocked_at


async def _answer_tap(data: dict[str, Any], text: str) -> None:
    tap: Tap | None = data.get("tap")
    if tap is not None:
        await tap.answer(text, alert=True)


class HasRight(Filter):
    """Passes people who may do it; handlers behind it are invisible to the others."""

    def __init__(self, right: Right) -> None:
        self._right = right

    async def __call__(self, _: TelegramObject, person: Person) -> bool:
        return person.may(self._right)


class Unmet(Filter):
    """Passes people who have never accepted a risk text: they reach nothing else."""

    async def __call__(self, _: TelegramObject, person: Person) -> bool:
        return not person.met


class Behind(Filter):
    """Passes people who want to approve while they have not accepted the risk text in force."""

    async def __call__(self, query: CallbackQuery, person: Person) -> bool:
        return not person.consented and approves(query.data or "")
