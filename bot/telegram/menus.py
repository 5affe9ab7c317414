"""The menus of the chats: for everybody in each language, and for each person what they may use.

Setting a menu names no chat to the pace of messages: one that Telegram refuses holds up only the others.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import BotCommand, BotCommandScopeChat

from bot.commands import COMMANDS, HELP, LANGUAGE, START, DeskCommand
from bot.words import Words, words_of
from core.bell import MENUS
from core.desk import Desk
from core.model.people import Language, Person

log = structlog.get_logger(__name__)

FOR_EVERYBODY = (START, HELP, LANGUAGE)
PAUSE_S = 30.0
"""Between tries of what Telegram has refused."""
LOOK_S = 600.0
"""Without a ring: who was out of reach may be back."""
APART_S = 0.1
"""Between two menus: there is no hurry, and a thousand people are no flood."""


async def keep_menus(desk: Desk, bot: Bot) -> None:
    """Publish everybody's menu, then each person's when it has changed, for ever. So long Telegram shows
    those of an earlier life."""
    await _insist(desk, lambda: publish_for_everybody(bot))
    while True:
        await _insist(desk, lambda: publish_for_people(desk, bot))
        await desk.bell.wait(MENUS, LOOK_S)


async def _insist(desk: Desk, publish: Callable[[], Awaitable[None]]) -> None:
    """Try until Telegram takes it."""
    while True:
        try:
            return await publish()
        except TelegramRetryAfter as refused:
            await desk.clock.sleep(refused.retry_after)
        except TelegramAPIError as refused:
            log.warning("menu_not_published", error=str(refused))
            await desk.clock.sleep(PAUSE_S)


async def publish_for_everybody(bot: Bot) -> None:
    """The default, English, and each language's own; strangers see it too."""
    for language in Language:
        menu = _menu(FOR_EVERYBODY, Words(language))
        default = language is Language.ENGLISH
        await bot.set_my_commands(menu, language_code=None if default else language)


async def publish_for_people(desk: Desk, bot: Bot) -> None:
    """Each chat whose menu is not what it should be."""
    async with desk.store.read() as tx:
        known = await tx.people.menus()
        people = [
            person for person in await tx.people.all() if person.chat_id is not None and person.reachable
        ]
    for person in people:
        menu = menu_of(person)
        digest = _digest(menu)
        if known.get(person.id, _digest([])) != digest:
            await _publish(bot, person, menu)
            async with desk.store.write() as tx:
                await tx.people.remember_menu(person.id, digest)
            await desk.clock.sleep(APART_S)


def menu_of(person: Person) -> list[BotCommand]:
    """What the person may use, in their language; nothing of their own for who may do nothing."""
    if person.is_blocked or not person.roles:
        return []
    return _menu([command for command in COMMANDS if command.is_for(person)], words_of(person))


async def _publish(bot: Bot, person: Person, menu: list[BotCommand]) -> None:
    """A chat that is gone is not asked again until its menu changes."""
    scope = BotCommandScopeChat(chat_id=person.chat_id or person.telegram_id)
    try:
        if menu:
            await bot.set_my_commands(menu, scope=scope)
        else:
            await bot.delete_my_commands(scope=scope)
    except (TelegramBadRequest, TelegramForbiddenError) as refused:
        log.info("menu_refused", person=str(person.id), error=str(refused))


def _menu(commands: Sequence[DeskCommand], words: Words) -> list[BotCommand]:
    return [BotCommand(command=c.name, description=words.label(f"command-{c.name}")) for c in commands]


def _digest(menu: list[BotCommand]) -> str:
    shown = "\n".join(f"{command.command} {command.description}" for command in menu)
    return hashlib.sha256(shown.encode()).hexdigest()
