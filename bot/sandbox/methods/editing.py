"""Changing and deleting what was sent."""

from __future__ import annotations

from bot.sandbox.markup import inline_keyboard
from bot.sandbox.membership import may
from bot.sandbox.methods.reach import reachable_chat
from bot.sandbox.methods.sending import checked_caption, checked_text, input_media
from bot.sandbox.model import Chat, Json, Message
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import NOT_MODIFIED, bad_request
from bot.sandbox.world import World

MEDIA = ("photo", "document")


def edit_message_text(world: World, p: Parameters) -> Json:
    message = _editable(world, p)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _changed(world, p, message, checked_text(world, p).json("text", "entities"))


def edit_message_caption(world: World, p: Parameters) -> Json:
    message = _editable(world, p)
    if not any(kind in message.content for kind in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _changed(world, p, message, checked_caption(world, p).json("caption", "caption_entities"))


def edit_message_media(world: World, p: Parameters) -> Json:
    message = _editable(world, p)
    media = p.nested("media")
    if media is None:
        raise bad_request("input media is missing")
    return _changed(world, p, message, input_media(world, p, media))


def edit_message_reply_markup(world: World, p: Parameters) -> Json:
    message = _editable(world, p)
    return _replaced(world, p, message, message.content)


def _editable(world: World, p: Parameters) -> Message:
    message = _named(world, p, "message to edit not found")
    if message.sender is not world.bot:
        raise bad_request("message can't be edited")
    return message


def _named(world: World, p: Parameters, otherwise: str) -> Message:
    if p.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = reachable_chat(world, p)
    message_id = p.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    if message_id not in chat.messages:
        raise bad_request(otherwise)
    return chat.messages[message_id]


def _changed(world: World, p: Parameters, message: Message, said: Json) -> Json:
    """New words; a photo or document stays unless the words bring their own."""
    replaced = {"text", "entities", "caption", "caption_entities"}
    if any(kind in said for kind in MEDIA):
        replaced |= set(MEDIA)
    kept = {name: value for name, value in message.content.items() if name not in replaced}
    return _replaced(world, p, message, kept | said)


def _replaced(world: World, p: Parameters, message: Message, content: Json) -> Json:
    """An edit without a keyboard takes the keyboard away, as at Telegram."""
    markup = inline_keyboard(p, message.chat, world.settings)
    if content == message.content and markup == message.markup:
        raise bad_request(NOT_MODIFIED)
    world.limits.take(message.chat)
    world.change(message, content, markup)
    return message.json()


def delete_message(world: World, p: Parameters) -> bool:
    message = _named(world, p, "message to delete not found")
    if not _may_delete(world, message):
        raise bad_request("message can't be deleted for everyone")
    world.remove(message)
    return True


def delete_messages(world: World, p: Parameters) -> bool:
    """Deletes what there is and passes over the rest, as Telegram does."""
    chat: Chat = reachable_chat(world, p)
    ids = p.integers("message_ids")
    if not 1 <= len(ids) <= 100:
        raise bad_request("there must be 1-100 message identifiers")
    for message in [chat.messages[one] for one in ids if one in chat.messages]:
        if _may_delete(world, message):
            world.remove(message)
    return True


def _may_delete(world: World, message: Message) -> bool:
    """Own messages, and the other side's in a private chat, for 48 hours; in groups all, with the right."""
    chat = message.chat
    if not chat.is_private and may(chat, world.bot, "can_delete_messages"):
        return True
    ours = message.sender is world.bot or chat.is_private
    return ours and world.now() - message.date < world.settings.delete_within_s
