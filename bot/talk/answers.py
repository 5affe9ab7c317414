"""Answering what a person has written."""

from aiogram.types import BufferedInputFile, Message

from bot.views.markup import Rendered


async def reply(message: Message, rendered: Rendered, png: bytes | None = None) -> None:
    """Say it in the same chat, with its buttons: below the picture, where there is one."""
    if png is None:
        await message.answer(rendered.text, reply_markup=rendered.keyboard)
        return
    picture = BufferedInputFile(png, "chart.png")
    await message.answer_photo(picture, caption=rendered.text, reply_markup=rendered.keyboard)
