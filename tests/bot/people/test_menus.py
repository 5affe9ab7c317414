"""The menus: for everybody in each language, for each person what they may use, kept up to date."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from aiogram import Bot
from aiogram.types import BotCommandScopeChat

from bot.commands import COMMANDS
from bot.sandbox import SandboxClient
from bot.telegram.menus import keep_menus, menu_of
from core.desk import Desk
from core.model.ids import PersonId
from core.model.people import Language, Person, Role
from core.people.choices import choose_language
from core.people.roles import block, give_roles
from core.ports import Store
from tests.bot.stage import Cast, eventually


@pytest.fixture
async def keeping(desk: Desk, bot: Bot, cast: Cast) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_menus(desk, bot))
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def shown(bot: Bot, person: Person) -> dict[str, str]:
    scope = BotCommandScopeChat(chat_id=person.telegram_id)
    return {each.command: each.description for each in await bot.get_my_commands(scope=scope)}


async def set_calls(people: SandboxClient) -> int:
    return len(await people.calls("setMyCommands"))


async def test_everybody_sees_three_commands_in_their_language(
    people: SandboxClient, bot: Bot, keeping: None
) -> None:
    async def names() -> list[list[str]]:
        menus = [await bot.get_my_commands(language_code=code) for code in (None, "ru", "es")]
        return [[each.command for each in menu] for menu in menus]

    await eventually(names, [["start", "help", "language"]] * 3)
    [start, *_] = await bot.get_my_commands(language_code="ru")
    assert start.description == "Начать или вернуться"


async def test_each_person_sees_what_they_may_use(bot: Bot, cast: Cast, keeping: None) -> None:
    for person in (cast.owner, cast.admin, cast.tara):
        wanted = {command.name for command in COMMANDS if command.is_for(person)}

        async def names(person: Person = person) -> set[str]:
            return set(await shown(bot, person))

        await eventually(names, wanted)
    assert "panic" not in await shown(bot, cast.tara)
    assert "invite" in await shown(bot, cast.admin)


async def test_a_menu_follows_role_language_and_block(
    bot: Bot, cast: Cast, desk: Desk, keeping: None
) -> None:
    async def has(name: str) -> bool:
        return name in await shown(bot, cast.tom)

    await eventually(lambda: has("closeall"), True)
    await give_roles(desk, cast.owner, cast.tom.id, cast.tom.roles, frozenset({Role.VIEWER}))
    await eventually(lambda: has("closeall"), False)
    await choose_language(desk, cast.tom, Language.SPANISH)

    async def help_is() -> str | None:
        return (await shown(bot, cast.tom)).get("help")

    wanted: str | None = "Lo que puedes hacer aquí"
    await eventually(help_is, wanted)
    await block(desk, cast.owner, cast.tom.id)
    await eventually(help_is, None)


async def test_at_a_start_only_changed_menus_are_set(
    people: SandboxClient, bot: Bot, cast: Cast, desk: Desk, store: Store
) -> None:
    await first_round(desk, bot, people, wanted=3 + 4)
    async with store.write() as tx:
        await tx.people.speaks(cast.tara.id, Language.RUSSIAN, "UTC")
    before = await set_calls(people)
    await first_round(desk, bot, people, wanted=before + 3 + 1)


async def first_round(desk: Desk, bot: Bot, people: SandboxClient, wanted: int) -> None:
    """Until so many menus were set, and each was noted."""
    task = asyncio.create_task(keep_menus(desk, bot))
    await eventually(lambda: set_calls(people), wanted)

    async def noted() -> bool:
        async with desk.store.read() as tx:
            return len(await tx.people.menus()) == 4

    await eventually(noted, True)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_429_for_menus_pauses_menus_only(
    people: SandboxClient, bot: Bot, cast: Cast, desk: Desk
) -> None:
    await people.fault("setMyCommands", 429, retry_after=30, times=2)
    task = asyncio.create_task(keep_menus(desk, bot))
    await people.until(lambda: people.calls("setMyCommands"), lambda seen: len(seen) >= 1)
    async with asyncio.timeout(5):
        await bot.send_message(cast.tara.telegram_id, "A card is not held up")
    await eventually(lambda: _has_menu(bot, cast.owner), True)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _has_menu(bot: Bot, person: Person) -> bool:
    return bool(await shown(bot, person))


async def test_a_chat_that_is_gone_holds_up_nobody(
    people: SandboxClient, bot: Bot, cast: Cast, keeping: None
) -> None:
    await people.fault("setMyCommands", 400, matching="chat", times=1)
    await eventually(lambda: _has_menu(bot, cast.tom), True)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("role", Role)
def test_telegram_takes_every_menu(role: Role, language: Language, cast_of: Person) -> None:
    menu = menu_of(replace(cast_of, roles=frozenset({role}), language=language))
    assert 0 < len(menu) <= 100
    assert all(3 <= len(each.description) <= 256 for each in menu)
    assert all(each.command.isascii() and each.command.islower() for each in menu)


@pytest.fixture
def cast_of() -> Person:
    return Person(PersonId(UUID(int=7)), 7, "Nina", frozenset())
