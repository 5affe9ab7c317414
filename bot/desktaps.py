"""What the buttons of the desk's own lists carry: signals, sources, the composing of signals, the audit."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.callbacks import Number
from core.model.approvals import ApprovalState


class SignalsAct(StrEnum):
    """`SOURCES` and `STATES` offer what the list can be narrowed to."""

    SHOW = "w"
    SOURCES = "s"
    STATES = "t"


class SignalsTap(CallbackData, prefix="sg"):
    """A page of /signals, of one source and one state or of any."""

    act: SignalsAct = SignalsAct.SHOW
    page: Annotated[int, Field(ge=0, lt=100_000)] = 0
    source: UUID | None = None
    state: ApprovalState | None = None


class SignalTap(CallbackData, prefix="sd"):
    """One signal: what became of it; `again` in the message that shows it already."""

    signal: UUID
    again: bool = False


class WithdrawTap(CallbackData, prefix="sw"):
    """A composed signal is taken back; `until` (Unix seconds) the question lapses, 0 asks it."""

    signal: UUID
    until: Number = 0
    keep: bool = False


class SourceTap(CallbackData, prefix="sr"):
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


class ComposeTap(CallbackData, prefix="cm"):
    """A button of a signal that is being composed; it counts at the `revision` that it was drawn for."""

    act: ComposeAct
    composition: UUID
    revision: Annotated[int, Field(ge=0, lt=100_000)]
    value: Annotated[str, Field(max_length=16)] = ""


class AuditAct(StrEnum):
    SHOW = "w"
    KINDS = "k"
    WHO = "o"
    EXPORT = "x"


class AuditTap(CallbackData, prefix="au"):
    """A page of the trail: what was written before the event `before` (0: the newest), of a kind, of a
    person (`p` and their id) or an account (`a` and its id), ids as URL-safe base64."""

    act: AuditAct = AuditAct.SHOW
    before: Number = 0
    kind: Annotated[str, Field(pattern=r"^[a-z]{0,14}$")] = ""
    whose: Annotated[str, Field(pattern=r"^([ap][\w-]{22})?$")] = ""
