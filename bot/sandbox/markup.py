"""Keyboards: what Telegram accepts as `reply_markup`, and what it makes of it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.addresses import is_https_or_local, split
from bot.sandbox.model import Chat, Json
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import Refusal, bad_request
from bot.sandbox.settings import Settings

STYLES = frozenset({"danger", "success", "primary"})
APPEARANCE = ("text", "style", "icon_custom_emoji_id")
ACTIONS = (
    *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "pay", "disabled"),
    *("switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text", "callback_game"),
)
COPIED_CHARACTERS = 256


def inline_keyboard(p: Parameters, chat: Chat, settings: Settings) -> Json | None:
    """The inline keyboard of the call, checked and cleaned; `None` when there is none or it has no button."""
    markup = p.nested("reply_markup")
    if markup is None or "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    checked = [[_button(button, chat, settings) for button in row] for row in rows if row]
    return {"inline_keyboard": checked} if checked else None


def apply_reply_keyboard(p: Parameters, chat: Chat) -> None:
    """Show or remove the keyboard below the composer, if the call carries one."""
    markup = p.nested("reply_markup") or {}
    if markup.get("remove_keyboard"):
        chat.keyboard = None
    elif "keyboard" in markup:
        chat.keyboard = markup


def force_reply(p: Parameters) -> Json | None:
    """The ForceReply of the call: its reader's client begins an answer to the message by itself."""
    markup = p.nested("reply_markup") or {}
    return markup if markup.get("force_reply") and "keyboard" not in markup else None


def _button(button: Json, chat: Chat, settings: Settings) -> Json:
    if not button["text"].strip():
        raise _bad_button("button text can't be empty")
    clean = {name: button[name] for name in APPEARANCE + ACTIONS if button.get(name) is not None}
    actions = [name for name in ACTIONS if name in clean]
    if not actions:
        raise _bad_button("Text buttons are not allowed in the inline keyboard")
    if len(actions) > 1:
        raise _bad_button(f"only one of the fields {', '.join(actions)} can be used")
    if clean.get("style", "primary") not in STYLES:
        raise _bad_button("invalid button style specified")
    _check_action(actions[0], clean[actions[0]], chat, settings)
    return clean


def _bad_button(why: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {why}")


def _check_action(action: str, value: Any, chat: Chat, settings: Settings) -> None:
    match action:
        case "callback_data":
            if not 1 <= len(str(value).encode()) <= settings.callback_data_bytes:
                raise bad_request("BUTTON_DATA_INVALID")
        case "copy_text":
            if not 1 <= len(str(value.get("text", ""))) <= COPIED_CHARACTERS:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "url":
            _check_url(str(value))
        case "web_app":
            _check_web_app(str(value.get("url", "")), chat)


def _check_url(url: str) -> None:
    parts = split(url)
    if parts.scheme not in ("http", "https", "tg", "ton") or not (parts.netloc or parts.path):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_web_app(url: str, chat: Chat) -> None:
    if not chat.is_private:
        raise bad_request("BUTTON_TYPE_INVALID")
    if not is_https_or_local(url):
        raise bad_request(
            f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )
