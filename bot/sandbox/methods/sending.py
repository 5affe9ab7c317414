"""Sending messages, photos and documents."""

from __future__ import annotations

from typing import Any

from bot.sandbox.entities import Formatted, formatted, utf16_length
from bot.sandbox.files import StoredFile, Upload, media_content
from bot.sandbox.markup import apply_reply_keyboard, force_reply, inline_keyboard
from bot.sandbox.methods.reach import reachable_chat, replied_message, writable_thread
from bot.sandbox.model import Chat, Json
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import Refusal, bad_request
from bot.sandbox.world import World


def send_message(world: World, p: Parameters) -> Json:
    chat = reachable_chat(world, p)
    text = checked_text(world, p)
    return _posted(world, chat, p, text.json("text", "entities"))


def send_photo(world: World, p: Parameters) -> Json:
    return _send_file(world, p, "photo")


def send_document(world: World, p: Parameters) -> Json:
    return _send_file(world, p, "document")


def _send_file(world: World, p: Parameters, kind: str) -> Json:
    chat = reachable_chat(world, p)
    caption = checked_caption(world, p)
    file = resolved_file(world, p.file(kind), kind)
    return _posted(world, chat, p, media_content(file) | caption.json("caption", "caption_entities"))


def send_media_group(world: World, p: Parameters) -> list[Json]:
    """An album: 2 to 10 items, no keyboard, each counted by the flood limits."""
    chat = reachable_chat(world, p)
    media = p.listed("media") or []
    if not 2 <= len(media) <= 10:
        raise bad_request("Wrong number of items in media group; it must contain 2-10 items")
    contents = [input_media(world, p, item) for item in media]
    about = _about(world, chat, p) | {"markup": None, "asks_for": None}
    world.limits.take(chat, len(contents))
    album = {"media_group_id": str(world.number("tap"))} | _marks(p)
    return [world.post(chat, world.bot, album | content, **about).json() for content in contents]


def get_file(world: World, p: Parameters) -> Json:
    file = world.files.by_id.get(p.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.body) > world.settings.download_bytes:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.body),
        "file_path": file.path,
    }


def checked_text(world: World, p: Parameters) -> Formatted:
    text = formatted(p, "text", "entities")
    if not text.text:
        raise bad_request("message text is empty")
    if utf16_length(text.text) > world.settings.text_limit:
        raise bad_request("message is too long")
    return text


def checked_caption(world: World, p: Parameters) -> Formatted:
    caption = formatted(p, "caption", "caption_entities")
    if utf16_length(caption.text) > world.settings.caption_limit:
        raise bad_request("message caption is too long")
    return caption


def resolved_file(world: World, given: Upload | str | None, kind: str) -> StoredFile:
    """The file of an upload, stored, or the one that the file_id names."""
    if given is None:
        raise bad_request(f"there is no {kind} in the request")
    if isinstance(given, Upload):
        return _stored(world, given, kind)
    if "://" in given:
        raise bad_request("failed to get HTTP URL content")
    known = world.files.by_id.get(given)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {known.kind.capitalize()} as {kind.capitalize()}")
    return known


def _stored(world: World, upload: Upload, kind: str) -> StoredFile:
    size, settings = len(upload.body), world.settings
    if not size:
        raise bad_request("file must be non-empty")
    if size > settings.file_bytes:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "document":
        return world.files.store_document(upload)
    if size > settings.photo_bytes:
        most = f"the maximum size is {settings.photo_bytes} bytes"
        raise bad_request(f"file of size {size} bytes is too big for a photo; {most}")
    return world.files.store_photo(upload)


def input_media(world: World, p: Parameters, item: Json) -> Json:
    """The content of one InputMediaPhoto or InputMediaDocument."""
    kind = str(item.get("type", ""))
    if kind not in ("photo", "document"):
        raise Refusal(501, f"Not Implemented: the sandbox does not model media of type {kind or '?'}")
    caption = checked_caption(world, Parameters(item))
    file = resolved_file(world, p.referred(item.get("media")), kind)
    return media_content(file) | caption.json("caption", "caption_entities")


def _posted(world: World, chat: Chat, p: Parameters, content: Json) -> Json:
    about = _about(world, chat, p)
    world.limits.take(chat)
    apply_reply_keyboard(p, chat)
    return world.post(chat, world.bot, content | _marks(p), **about).json()


def _about(world: World, chat: Chat, p: Parameters) -> dict[str, Any]:
    """What a new message has beside its content."""
    if p.nested("ephemeral_message_parameters") or p.text("receiver_user_id"):
        raise Refusal(501, "Not Implemented: the sandbox does not model ephemeral messages")
    replied = replied_message(chat, p)
    return {
        "markup": inline_keyboard(p, chat, world.settings),
        "reply_to": replied,
        "topic": writable_thread(world, chat, p, replied),
        "is_silent": p.flag("disable_notification"),
        "asks_for": force_reply(p),
    }


def _marks(p: Parameters) -> Json:
    """What clients are told of a message beside its words; of effects they are told the id alone."""
    protected = {"has_protected_content": True} if p.flag("protect_content") else {}
    return protected | ({"effect_id": p.text("message_effect_id")} if p.text("message_effect_id") else {})
