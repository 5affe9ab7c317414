"""A message as it will be sent: its text and its buttons."""

from dataclasses import dataclass

from aiogram.enums import ButtonStyle
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it will be sent: HTML and the buttons below, None for no buttons."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None


def button(label: str, data: CallbackData, style: ButtonStyle | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=data.pack(), style=style)


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=list(rows))
