"""Long lists in a message, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.markup import button, keyboard

PER_PAGE = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """What one page shows; pages count from 0 to `last`."""

    items: Sequence[T]
    number: int
    last: int

    def buttons(
        self, action: InlineKeyboardButton, turn: Callable[[int], CallbackData]
    ) -> InlineKeyboardMarkup:
        """The button of an action on this page, and those that turn the pages, where there are others."""
        turns = [
            button(label, turn(number))
            for label, number in (("◀", self.number - 1), ("▶", self.number + 1))
            if 0 <= number <= self.last
        ]
        return keyboard([action], turns) if turns else keyboard([action])


def page_at(ordered: Sequence[T], number: int) -> Page[T]:
    """The page of that number; past the last one (a forged or an old button), the last."""
    last = max(len(ordered) - 1, 0) // PER_PAGE
    number = min(number, last)
    return Page(ordered[number * PER_PAGE : (number + 1) * PER_PAGE], number, last)
