"""What the buttons of a divergence carry."""

from enum import StrEnum

from bot.buttons.fields import DeskTap, Number, Until
from core.model.people import Right


class DivergenceAct(StrEnum):
    """`ASK_WRITE_OFF` asks with numbers before `WRITE_OFF`; `BACK` shows the first buttons again."""

    ADOPT = "a"
    IGNORE = "i"
    ACCEPT = "c"
    RESTORE = "r"
    CHOOSE = "t"
    CHECK = "k"
    ASK_WRITE_OFF = "q"
    WRITE_OFF = "w"
    BACK = "b"


class DivergenceTap(DeskTap, prefix="v", right=Right.READ_OWN):
    """A button of a divergence, by its row of the log; `position` is the one that is chosen."""

    act: DivergenceAct
    row: Number
    position: Number | None = None
    until: Until = 0
