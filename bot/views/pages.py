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
        return keyboard([action], *self.turns(turn))

    def turns(self, turn: Callable[[int], CallbackData]) -> list[list[InlineKeyboardButton]]:
        """A row `‹ 2/7 ›` that goes round, none where there is one page; its middle shows the page anew."""
        if not self.last:
            return []
        pages, here = self.last + 1, self.number
        ways = {"‹": here - 1, f"{here + 1}/{pages}": here, "›": here + 1}
        return [[button(label, turn(number % pages)) for label, number in ways.items()]]


def page_at(ordered: Sequence[T], number: int, per_page: int = PER_PAGE) -> Page[T]:
    """The page of that number; past the last one (a forged or an old button), the last."""
    last = last_page(len(ordered), per_page)
    number = min(number, last)
    return Page(ordered[number * per_page : (number + 1) * per_page], number, last)


def last_page(count: int, per_page: int) -> int:
    return max(count - 1, 0) // per_page
