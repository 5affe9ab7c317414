"""Answering what a person has written."""

from aiogram.types import Message

from bot.views.markup import Rendered


async def reply(message: Message, rendered: Rendered) -> None:
    """Say it in the same chat, with its buttons."""
    await message.answer(rendered.text, reply_markup=rendered.keyboard)
