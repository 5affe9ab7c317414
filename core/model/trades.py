"""Intents (durable wishes to change an account) and trades (what the desk expects to exist there)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from core.model.ids import AccountId, ApprovalId, IntentId, SignalId, TradeId, comment_of, magic_of
from core.model.instruments import Side
from core.model.signals import OrderKind


class IntentKind(StrEnum):
    """`MODIFY` sets a position's stops, `CHANGE` moves a pending order, `CLOSE_BY` sets two positions off."""

    OPEN = "open"
    MODIFY = "modify"
    CHANGE = "change"
    CLOSE = "close"
    CLOSE_BY = "close_by"
    CANCEL = "cancel"


class IntentState(StrEnum):
    NEW = "new"
    SENDING = "sending"
    PLACED = "placed"
    FILLED = "filled"
    PARTIAL = "partial"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({IntentState.FILLED, IntentState.PARTIAL, IntentState.REFUSED, IntentState.EXPIRED})
UNFINISHED = tuple(state for state in IntentState if not state.is_final)
LONGEST_REST = timedelta(minutes=1)
"""Of what waits to be sent. Whatever is to rest longer was put back before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One wish, committed before anything is sent; its id travels as magic and comment.

    `symbol` is the broker's name. `price` is the entry of an opening or of a pending order, `expires_at` the
    moment after which it must not be sent any more, `order_expires_at` the end of a pending order.
    `position` is the identifier that a close or a change of stops is for, the ticket of a pending order for
    what is done to that; `opposite` is the other position of a close-by. `not_before` lets it rest.

    `sent_at` is set by the claim; `detail` is a sentence about the outcome. `risk` is the loss at the stop,
    `margin` what the order takes of the `margin_free` before it, both as checked when it was sent; money of
    the account. `pip` is the size of one when an opening was made, for figures of its fill. `leg` numbers the
    openings of a plan from 1, one per target; None outside of plans.
    """

    id: IntentId
    account_id: AccountId
    kind: IntentKind
    state: IntentState
    symbol: str
    side: Side
    order_kind: OrderKind
    volume: Decimal
    created_at: datetime
    expires_at: datetime
    approval_id: ApprovalId | None = None
    signal_id: SignalId | None = None
    price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    position: int | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    retcode: int | None = None
    filled_volume: Decimal | None = None
    filled_price: Decimal | None = None
    detail: str = ""
    clean_misses: int = 0
    opposite: int | None = None
    order_expires_at: datetime | None = None
    not_before: datetime | None = None
    risk: Decimal | None = None
    margin: Decimal | None = None
    margin_free: Decimal | None = None
    pip: Decimal | None = None
    leg: int | None = None

    @property
    def magic(self) -> int:
        return magic_of(self.id)

    @property
    def comment(self) -> str:
        return comment_of(self.id)

    def rests(self, now: datetime) -> bool:
        """Whether it waits before it is sent, and lets the others pass."""
        return self.not_before is not None and now < self.not_before <= now + LONGEST_REST


class TradeState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class CloseReason(StrEnum):
    """By whom a position was closed, read from its OUT deals (DEAL_REASON_*)."""

    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    STOP_OUT = "stop_out"
    DESKTOP = "desktop"
    MOBILE = "mobile"
    WEB = "web"
    DESK = "desk"
    OTHER_PROGRAM = "other_program"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Trade:
    """What the desk expects on an account because an intent was filled. `position` is MT5's identifier.

    On a netting account several trades may be `shared`: each is a part of the symbol's one position.
    """

    id: TradeId
    account_id: AccountId
    intent_id: IntentId | None
    signal_id: SignalId | None
    position: int
    symbol: str
    side: Side
    volume: Decimal
    expected_price: Decimal
    open_price: Decimal
    stop_loss: Decimal | None
    take_profit: Decimal | None
    opened_at: datetime
    state: TradeState = TradeState.OPEN
    closed_at: datetime | None = None
    close_price: Decimal | None = None
    close_reason: CloseReason | None = None
    profit: Decimal | None = None
    missing_reads: int = 0
    shared: bool = False
