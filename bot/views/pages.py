"""Long lists in a message, a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Self, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.views.markup import button, keyboard

PER_PAGE = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list, and what it shows; pages count from 0 to `last`."""

    number: int
    last: int
    size: int = PER_PAGE
    items: Sequence[T] = ()

    @classmethod
    def of(cls, count: int, number: int, size: int = PER_PAGE) -> Self:
        """That page of so many items; past the last one (a forged or an old button), the last."""
        last = max(count - 1, 0) // size
        return cls(min(number, last), last, size)

    @property
    def offset(self) -> int:
        """How many items come before it."""
        return self.number * self.size

    def holding(self, items: Sequence[T]) -> Self:
        return replace(self, items=items)

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
    """The page of that number, of a list that is at hand."""
    page: Page[T] = Page.of(len(ordered), number, per_page)
    return page.holding(ordered[page.offset : page.offset + page.size])
