"""What travels over HTTP: signals in and out. Ids and prices are strings on the way out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, PlainSerializer

from core.intake.draft import LONGEST_ID, LONGEST_LIFE, LONGEST_NOTE, Draft
from core.model.approvals import ApprovalState
from core.model.instruments import Side
from core.model.signals import MAX_TARGETS, OrderKind, Signal

Exact = Annotated[Decimal, PlainSerializer(lambda number: f"{number:f}", return_type=str)]
"""A number, digit for digit: a JSON number or a string on the way in, a string on the way out."""

Price = Exact

_EXAMPLE: dict[str, JsonValue] = {
    "external_id": "mom-2026-11-21-0042",
    "instrument": "EURUSD",
    "side": "buy",
    "kind": "market",
    "entry": "1.08650",
    "stop_loss": "1.08350",
    "take_profits": ["1.08950", "1.09250"],
    "expires_in_s": 900,
    "note": "Breakout of the London range",
}


class SignalIn(BaseModel):
    """A signal as a source sends it. Fields that are not named here are refused."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    external_id: str | None = Field(
        None, min_length=1, max_length=LONGEST_ID, description="Your own id, unique. Default: webhook-id."
    )
    instrument: str = Field(max_length=32, description="One of the instruments that you may send.")
    side: Literal["buy", "sell"]
    kind: Literal["market", "limit", "stop"] = "market"
    entry: Price | None = Field(None, description="The price at which you see the trade; or entry_zone.")
    entry_zone: tuple[Price, Price] | None = Field(None, description="Low and high around the entry.")
    stop_loss: Price | None = None
    take_profits: tuple[Price, ...] = Field((), max_length=MAX_TARGETS, description="Nearest first.")
    expires_in_s: int | None = Field(
        None, ge=5, le=int(LONGEST_LIFE.total_seconds()), description="Seconds to live; or expires_at."
    )
    expires_at: AwareDatetime | None = Field(None, description="With its time zone.")
    note: str = Field("", max_length=LONGEST_NOTE, description="One line that traders read on the card.")

    def draft(self) -> Draft:
        return Draft(
            instrument=self.instrument,
            side=Side(self.side),
            kind=OrderKind(self.kind),
            entry=self.entry,
            entry_zone=self.entry_zone,
            stop_loss=self.stop_loss,
            take_profits=self.take_profits,
            expires_in=None if self.expires_in_s is None else timedelta(seconds=self.expires_in_s),
            expires_at=self.expires_at,
            external_id=self.external_id,
            note=self.note,
        )


class AcceptedOut(BaseModel):
    """The id of the signal; `created` is false when this delivery had been accepted before."""

    id: str
    created: bool
    expires_at: datetime


class SignalOut(BaseModel):
    """A signal of yours and how many approvals of it are in which state."""

    id: str
    external_id: str
    instrument: str
    side: Side
    kind: OrderKind
    entry: Price
    entry_zone: tuple[Price, Price] | None
    stop_loss: Price | None
    take_profits: tuple[Price, ...]
    received_at: datetime
    expires_at: datetime
    note: str
    approvals: dict[ApprovalState, int]


class SignalsOut(BaseModel):
    """Newest first. `next` is the `before` of the page that follows; null when this is the last."""

    signals: list[SignalOut]
    next: str | None


def signal_out(signal: Signal, approvals: Mapping[ApprovalState, int]) -> SignalOut:
    return SignalOut(
        id=str(signal.id),
        external_id=signal.external_id,
        instrument=signal.instrument,
        side=signal.side,
        kind=signal.kind,
        entry=signal.entry,
        entry_zone=signal.entry_zone,
        stop_loss=signal.stop_loss,
        take_profits=signal.take_profits,
        received_at=signal.received_at,
        expires_at=signal.expires_at,
        note=signal.note,
        approvals=dict(approvals),
    )
