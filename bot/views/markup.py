"""A message as it will be sent: its text and its buttons."""

from collections.abc import Sequence
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


def in_rows(buttons: Sequence[InlineKeyboardButton], wide: int) -> list[list[InlineKeyboardButton]]:
    """So many side by side, the rest of them in the last row."""
    return [list(buttons[first : first + wide]) for first in range(0, len(buttons), wide)]


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=list(rows))
