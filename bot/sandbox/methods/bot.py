"""The bot itself: who it is, its commands, its webhook."""

from __future__ import annotations

import re

from bot.sandbox.addresses import is_https_or_local
from bot.sandbox.mailbox import Webhook
from bot.sandbox.model import Chat, Json, User
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


def get_me(world: World, _: Parameters) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": world.settings.reads_all_group_messages,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot.json() | abilities


def set_my_commands(world: World, p: Parameters) -> bool:
    commands = p.listed("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_command(command) for command in commands]
    world.profile.commands[_scope_and_language(p)] = checked
    world.feed.tell("commands")
    return True


def get_my_commands(world: World, p: Parameters) -> list[Json]:
    return world.profile.commands.get(_scope_and_language(p), [])


def delete_my_commands(world: World, p: Parameters) -> bool:
    world.profile.commands.pop(_scope_and_language(p), None)
    world.feed.tell("commands")
    return True


def _command(command: Json) -> Json:
    name, description = str(command.get("command", "")).lstrip("/"), str(command.get("description", ""))
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope_and_language(p: Parameters) -> tuple[str, str]:
    scope = p.nested("scope") or {}
    parts = [str(scope.get("type", "default")), scope.get("chat_id"), scope.get("user_id")]
    return ":".join(str(part) for part in parts if part is not None), p.text("language_code")


def commands_for(world: World, user: User, chat: Chat | None = None) -> list[Json]:
    """The commands that the person is offered: the narrowest scope first, their language before any."""
    private = chat is None or chat.is_private
    chat_id = user.id if chat is None else chat.id
    shared = "all_private_chats" if private else "all_group_chats"
    scopes = [f"chat_member:{chat_id}:{user.id}", f"chat:{chat_id}", shared, "default"]
    for scope in scopes:
        for language in (user.language_code, ""):
            if commands := world.profile.commands.get((scope, language)):
                return commands
    return []


def set_webhook(world: World, p: Parameters) -> bool:
    url, secret = p.text("url"), p.text("secret_token")
    if not url:
        return delete_webhook(world, p)
    if not is_https_or_local(url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _settle(world, p)
    world.mailbox.set_webhook(Webhook(url, secret, p.integer("max_connections") or 40))
    return True


def delete_webhook(world: World, p: Parameters) -> bool:
    _settle(world, p)
    world.mailbox.set_webhook(None)
    return True


def _settle(world: World, p: Parameters) -> None:
    if p.flag("drop_pending_updates"):
        world.mailbox.drop_pending()
    allowed = p.listed("allowed_updates")
    if allowed is not None:
        world.mailbox.allow(str(kind) for kind in allowed)


def get_webhook_info(world: World, _: Parameters) -> Json:
    mailbox, webhook = world.mailbox, world.mailbox.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(mailbox.pending()),
    }
    if mailbox.allowed:
        info["allowed_updates"] = sorted(mailbox.allowed)
    if webhook:
        info["max_connections"] = webhook.max_connections
    if webhook and webhook.last_error_message:
        info["last_error_date"] = webhook.last_error_date
        info["last_error_message"] = webhook.last_error_message
    return info
