"""The bot itself: who it is, and its webhook."""

from __future__ import annotations

import re

from bot.sandbox.addresses import is_https_or_local
from bot.sandbox.mailbox import Webhook
from bot.sandbox.model import Json
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import bad_request
from bot.sandbox.world import World

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
