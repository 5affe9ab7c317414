"""Who may speak to the desk: people by their Telegram user id, in their private chat, after consent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import Chat, TelegramObject, Update, User

from bot.context import App
from bot.taps import Tap
from bot.views.replies import private_desk
from bot.words import Words, words_for, words_of
from core.model.accounts import Account
from core.model.events import Event
from core.model.people import Language, Person, Right
from core.onboarding import arrive
from core.ports import Tx

REFUSED = "door.refused"


class AccessMiddleware(BaseMiddleware):
    """Lets only people of the desk pass, as `person`; a stranger is refused politely, once.

    Authorises the person, never the chat: outside a private chat nobody is served.
    """

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
            return await _answer_tap(data, words_of_user(user).label("reply-private-chat-only"))
        person = await _find(app, user.id)
        if person is None:
            return await _refuse_stranger(app, user, chat, data)
        data["person"] = person
        data["words"] = words_of(person)
        return await handler(event, data)


async def _find(app: App, telegram_id: int) -> Person | None:
    async with app.desk.store.read() as tx:
        return await tx.people.by_telegram_id(telegram_id)


async def _answer_tap(data: dict[str, Any], text: str) -> None:
    tap: Tap | None = data.get("tap")
    if tap is not None:
        await tap.answer(text, alert=True)


async def _refuse_stranger(app: App, user: User, chat: Chat, data: dict[str, Any]) -> None:
    """One polite sentence, ever; a tap on a forwarded button gets it each time, as a toast."""
    await arrive(app.desk, user.id, chat.id)
    words = words_of_user(user)
    await _answer_tap(data, words.label("reply-private-desk"))
    if await _is_first_refusal(app, user.id):
        bot: Bot = data["bot"]
        await bot.send_message(chat.id, private_desk(app.support, words), parse_mode=None)


async def _is_first_refusal(app: App, telegram_id: int) -> bool:
    """Notes the refusal, so that it is said once, whatever restarts."""
    async with app.desk.store.write() as tx:
        if await tx.events.happened(REFUSED, str(telegram_id)):
            return False
        await tx.events.append(Event(REFUSED, app.desk.clock.now(), str(telegram_id)))
        return True


def words_of_user(user: User) -> Words:
    """In the language of their Telegram, English where the desk does not speak it."""
    spoken = (user.language_code or "").partition("-")[0]
    return words_for(Language(spoken) if spoken in set(Language) else Language.ENGLISH)


async def readable_accounts(tx: Tx, person: Person) -> Sequence[Account]:
    """The accounts that the person may see, by label: their own, or the whole desk's."""
    return await (tx.accounts.all() if person.may(Right.READ_DESK) else tx.accounts.of_person(person.id))


class HasRight(Filter):
    """Passes people who may do it; handlers behind it are invisible to the others."""

    def __init__(self, right: Right) -> None:
        self._right = right

    async def __call__(self, _: TelegramObject, person: Person) -> bool:
        return person.may(self._right)


class Unconsented(Filter):
    """Passes people who have not accepted the risk text in force."""

    async def __call__(self, _: TelegramObject, person: Person) -> bool:
        return not person.consented
