"""Sending and editing single messages."""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message

from bot.delivery.refusals import MESSAGE_GONE, NOT_MODIFIED, says
from bot.views.markup import Rendered
from core.ports import SentMessage

Picture = str | BufferedInputFile
"""A picture as Telegram takes it: the id of an earlier upload, or the file itself."""


async def send(bot: Bot, chat_id: int, rendered: Rendered, picture: Picture | None = None) -> Message:
    """A new message, below a picture when there is one."""
    if picture is None:
        return await bot.send_message(chat_id, rendered.text, reply_markup=rendered.keyboard)
    return await bot.send_photo(chat_id, picture, caption=rendered.text, reply_markup=rendered.keyboard)


async def edit(bot: Bot, sent: SentMessage, rendered: Rendered) -> bool:
    """Bring a message up to date; False when it is gone. One that shows it already counts as done."""
    try:
        await _edit(bot, sent, rendered)
    except TelegramBadRequest as refused:
        if says(refused, MESSAGE_GONE):
            return False
        if not says(refused, NOT_MODIFIED):
            raise
    return True


async def _edit(bot: Bot, sent: SentMessage, rendered: Rendered) -> None:
    chat, message, buttons = sent.chat_id, sent.message_id, rendered.keyboard
    if sent.has_photo:
        await bot.edit_message_caption(
            chat_id=chat, message_id=message, caption=rendered.text, reply_markup=buttons
        )
    else:
        await bot.edit_message_text(rendered.text, chat_id=chat, message_id=message, reply_markup=buttons)


async def put_picture(bot: Bot, sent: SentMessage, rendered: Rendered, picture: Picture) -> Message | None:
    """Put a picture into a message, with `rendered` below it; None when it is gone or shows it already."""
    media = InputMediaPhoto(media=picture, caption=rendered.text)
    try:
        shown = await bot.edit_message_media(
            media, chat_id=sent.chat_id, message_id=sent.message_id, reply_markup=rendered.keyboard
        )
    except TelegramBadRequest as refused:
        if not says(refused, MESSAGE_GONE + NOT_MODIFIED):
            raise
        return None
    return shown if isinstance(shown, Message) else None
