"""What the buttons of signals and of their sources carry."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from bot.buttons.fields import DeskTap, Until
from core.model.approvals import ApprovalState
from core.model.people import Right


class SignalsAct(StrEnum):
    """`SOURCES` and `STATES` offer what the list can be narrowed to."""

    SHOW = "w"
    SOURCES = "s"
    STATES = "t"


class SignalsTap(DeskTap, prefix="sg", right=Right.READ_OWN):
    """A page of /signals, of one source and one state or of any."""

    act: SignalsAct = SignalsAct.SHOW
    page: Annotated[int, Field(ge=0, lt=100_000)] = 0
    source: UUID | None = None
    state: ApprovalState | None = None


class SignalTap(DeskTap, prefix="sd", right=Right.READ_OWN):
    """One signal: what became of it; `again` in the message that shows it already."""

    signal: UUID
    again: bool = False


class WithdrawTap(DeskTap, prefix="sw", right=Right.COMPOSE):
    """A composed signal is taken back; without `until` that is asked first."""

    signal: UUID
    until: Until = 0
    keep: bool = False


class SourceTap(DeskTap, prefix="sr", right=Right.PAUSE):
    """Pause of a source, or its end, whichever the button says."""

    source: UUID
    pause: bool


class ComposeAct(StrEnum):
    """`CHOOSE` offers what of a preview can be changed, `CHANGE` asks for it anew, `PICK` answers a step."""

    PICK = "p"
    SEND = "s"
    CHOOSE = "e"
    CHANGE = "c"
    BACK = "b"
    CANCEL = "x"


class ComposeTap(DeskTap, prefix="cm", right=Right.COMPOSE):
    """A button of a signal that is being composed; it counts at the `revision` that it was drawn for."""

    act: ComposeAct
    composition: UUID
    revision: Annotated[int, Field(ge=0, lt=100_000)]
    value: Annotated[str, Field(max_length=16)] = ""
