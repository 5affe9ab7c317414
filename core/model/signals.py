"""Signals: what a source proposes, checked for sense before anything is stored."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from core.model.approvals import ApprovalState
from core.model.errors import InvalidField
from core.model.ids import PersonId, SignalId, SourceId
from core.model.instruments import Side

MAX_PRICE = Decimal("10000000")
MAX_TARGETS = 5


class OrderKind(StrEnum):
    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Signal:
    """A proposal to trade. `entry` is the price at which the source sees it; a zone is its two ends."""

    id: SignalId
    source_id: SourceId
    source_name: str
    external_id: str
    instrument: str
    side: Side
    kind: OrderKind
    entry: Decimal
    entry_zone: tuple[Decimal, Decimal] | None
    stop_loss: Decimal | None
    take_profits: tuple[Decimal, ...]
    received_at: datetime
    expires_at: datetime
    note: str = ""

    @property
    def reward_to_risk(self) -> Decimal | None:
        """Distance to the first target over distance to the stop, to two places."""
        if self.stop_loss is None or not self.take_profits or self.stop_loss == self.entry:
            return None
        ratio = abs(self.take_profits[0] - self.entry) / abs(self.entry - self.stop_loss)
        return ratio.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """Of a source's newest signals whose trades are over, as far as this desk took them: how many, how many
    of them won, and by how many pips their fills were worse than expected on average (None: not known)."""

    closed: int
    won: int
    slippage_pips: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SignalFilter:
    """Which signals are wanted; None for any. `state` is that of an approval, of `person` if one is named."""

    source: SourceId | None = None
    state: ApprovalState | None = None
    person: PersonId | None = None


def check_levels(signal: Signal) -> None:
    """Refuse prices that are not finite or out of range, and stops or targets on the wrong side.

    Raises InvalidField naming the field.
    """
    _check_price("entry", signal.entry)
    if signal.entry_zone is not None:
        _check_zone(*signal.entry_zone, signal.entry)
    if signal.stop_loss is not None:
        _check_side("stop_loss", signal.stop_loss, signal, beyond=-1)
    if len(signal.take_profits) > MAX_TARGETS:
        raise InvalidField("take_profits", f"at most {MAX_TARGETS} targets")
    for target in signal.take_profits:
        _check_side("take_profits", target, signal, beyond=+1)


def _check_price(field: str, price: Decimal) -> None:
    if not price.is_finite() or not 0 < price < MAX_PRICE:
        raise InvalidField(field, f"must be a price above 0 and below {MAX_PRICE}")


def _check_zone(low: Decimal, high: Decimal, entry: Decimal) -> None:
    _check_price("entry_zone", low)
    _check_price("entry_zone", high)
    if not low < high or not low <= entry <= high:
        raise InvalidField("entry_zone", "must be [low, high] around the entry")


def _check_side(field: str, price: Decimal, signal: Signal, *, beyond: int) -> None:
    _check_price(field, price)
    if (price - signal.entry) * signal.side.sign * beyond <= 0:
        place = "above" if signal.side.sign * beyond > 0 else "below"
        raise InvalidField(field, f"must be {place} the entry of a {signal.side} signal")
