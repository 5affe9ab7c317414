"""The bot's commands by scope and language, and which of the lists a person is offered."""

from __future__ import annotations

import re

from bot.sandbox.membership import is_administrator
from bot.sandbox.model import Chat, Json, User
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
OF_GROUPS = ("chat_member", "chat_administrators")


def set_my_commands(world: World, p: Parameters) -> bool:
    """An empty list takes the scope's list away."""
    commands = p.listed("commands") or []
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_command(command) for command in commands]
    world.profile.commands[_scope_and_language(world, p)] = checked
    world.feed.tell("commands")
    return True


def get_my_commands(world: World, p: Parameters) -> list[Json]:
    return world.profile.commands.get(_scope_and_language(world, p), [])


def delete_my_commands(world: World, p: Parameters) -> bool:
    world.profile.commands.pop(_scope_and_language(world, p), None)
    world.feed.tell("commands")
    return True


def _command(command: Json) -> Json:
    name, description = str(command.get("command", "")).lstrip("/"), str(command.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= LONGEST_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope_and_language(world: World, p: Parameters) -> tuple[str, str]:
    scope, language = p.nested("scope") or {}, p.text("language_code")
    if not LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    kind = str(scope.get("type", "default"))
    if "chat_id" not in scope:
        return kind, language
    chat = world.chat(str(scope["chat_id"]))
    if chat.is_private and kind in OF_GROUPS:
        raise bad_request("can't use specified scope in private chats")
    if kind != "chat_member":
        return f"{kind}:{chat.id}", language
    if scope.get("user_id") not in world.users:
        raise bad_request("invalid user_id specified")
    return f"{kind}:{chat.id}:{scope['user_id']}", language


def commands_for(world: World, user: User, chat: Chat | None = None) -> list[Json]:
    """What the person is offered, in their private chat unless another is named.

    By Telegram's rule (botCommandScope, "Determining list of commands"): the narrowest scope that has a
    list, there first the list of the person's language.
    """
    spoken = user.language_code.partition("-")[0].lower()
    for scope in _scopes(user, chat):
        for language in (spoken, ""):
            if commands := world.profile.commands.get((scope, language)):
                return commands
    return []


def _scopes(user: User, chat: Chat | None) -> list[str]:
    """From the narrowest to the widest."""
    if chat is None or chat.is_private:
        return [f"chat:{user.id}", "all_private_chats", "default"]
    leads = is_administrator(chat, user)
    return [
        f"chat_member:{chat.id}:{user.id}",
        *([f"chat_administrators:{chat.id}"] if leads else []),
        f"chat:{chat.id}",
        *(["all_chat_administrators"] if leads else []),
        "all_group_chats",
        "default",
    ]
