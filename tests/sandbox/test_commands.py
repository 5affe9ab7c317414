"""Commands: set by scope and language, and which list a person is offered."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    BotCommandScopeChatMember,
    BotCommandScopeUnion,
)

from bot.sandbox import SandboxClient


async def offer(
    bot: Bot, name: str, scope: BotCommandScopeUnion | None = None, language: str | None = None
) -> None:
    commands = [BotCommand(command=name, description=name.capitalize())]
    await bot.set_my_commands(commands, scope=scope, language_code=language)


async def offered(people: SandboxClient, user_id: int, chat_id: int | None = None) -> list[str]:
    chat = await people.transcript(chat_id or user_id)
    return [one["command"] for one in chat["commands"][str(user_id)]]


async def test_the_narrowest_scope_wins_and_in_it_the_language(bot: Bot, people: SandboxClient) -> None:
    vera = await people.add_user("Vera", language_code="ru-RU")
    await people.say(vera, "/start")
    steps: list[tuple[str, BotCommandScopeUnion | None, str | None]] = [
        ("default", None, None),
        ("default_ru", None, "ru"),
        ("private", BotCommandScopeAllPrivateChats(), None),
        ("private_ru", BotCommandScopeAllPrivateChats(), "ru"),
        ("chat", BotCommandScopeChat(chat_id=vera), None),
        ("chat_ru", BotCommandScopeChat(chat_id=vera), "ru"),
    ]
    for name, scope, language in steps:
        await offer(bot, name, scope, language)
        assert await offered(people, vera) == [name]
    await offer(bot, "german", BotCommandScopeChat(chat_id=vera), "de")
    assert await offered(people, vera) == ["chat_ru"]
    for name, scope, language in reversed(steps):
        assert await offered(people, vera) == [name]
        assert [one.command for one in await bot.get_my_commands(scope, language)] == [name]
        await bot.delete_my_commands(scope, language)
    assert await offered(people, vera) == []


async def test_in_groups_administrators_may_be_offered_more(
    bot: Bot, people: SandboxClient, tara: int
) -> None:
    theo = await people.add_user("Theo")
    group = await people.add_group("Desk", [tara, theo])
    seen = []
    steps: list[tuple[str, BotCommandScopeUnion]] = [
        ("groups", BotCommandScopeAllGroupChats()),
        ("all_admins", BotCommandScopeAllChatAdministrators()),
        ("chat", BotCommandScopeChat(chat_id=group)),
        ("admins", BotCommandScopeChatAdministrators(chat_id=group)),
        ("member", BotCommandScopeChatMember(chat_id=group, user_id=theo)),
    ]
    for name, scope in steps:
        await offer(bot, name, scope)
        seen.append((*await offered(people, tara, group), *await offered(people, theo, group)))
    assert seen == [
        ("groups", "groups"),
        ("all_admins", "groups"),
        ("chat", "chat"),
        ("admins", "chat"),
        ("admins", "member"),
    ]


async def test_an_empty_list_is_none(bot: Bot, people: SandboxClient, tara: int) -> None:
    await offer(bot, "default")
    await offer(bot, "mine", BotCommandScopeChat(chat_id=tara))
    await bot.set_my_commands([], scope=BotCommandScopeChat(chat_id=tara))
    assert await offered(people, tara) == ["default"]


async def test_what_is_refused(bot: Bot, people: SandboxClient, tara: int) -> None:
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await offer(bot, "Panic!")
    with pytest.raises(TelegramBadRequest, match="invalid language code specified"):
        await offer(bot, "panic", language="ru-RU")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await offer(bot, "panic", BotCommandScopeChat(chat_id=4711))
    with pytest.raises(TelegramBadRequest, match="can't use specified scope in private chats"):
        await offer(bot, "panic", BotCommandScopeChatAdministrators(chat_id=tara))
    silent = await people.add_user("Silent")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation"):
        await offer(bot, "panic", BotCommandScopeChat(chat_id=silent))
