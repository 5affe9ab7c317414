"""What the buttons of all features share: who may tap them, and the kinds of facts in them."""

from datetime import datetime
from typing import Annotated, ClassVar, Final

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from core.model.people import Right

Number = Annotated[int, Field(ge=0, lt=2**63)]
"""Of a forged button too: a key or a time that the database and the calendar can take."""

Until = Number
"""When the question below which the button is lapses, in Unix seconds: see `bot.talk.questions`."""

_TAPS: Final[dict[str, type["DeskTap"]]] = {}


def unix(moment: datetime) -> int:
    return int(moment.timestamp())


class DeskTap(CallbackData, prefix="-"):
    """What a button carries: at most 64 bytes, an identity and the version that it was drawn for.

    `right` is what its person needs, written at each class: None is for everybody. The use-case behind it
    asks whether this person may act on what it names, as it does for all.
    """

    right: ClassVar[Right | None]

    def __init_subclass__(cls, *, right: Right | None, **of_aiogram: str) -> None:
        super().__init_subclass__(**of_aiogram)
        cls.right = right
        _TAPS[cls.__prefix__] = cls


def tap_of(data: str) -> type[DeskTap] | None:
    """The class of a button by what it carries; None for no button of the desk."""
    return _TAPS.get(data.partition(":")[0])
