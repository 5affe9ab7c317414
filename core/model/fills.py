"""Fills: opening orders and what became of each, for figures of how well they were carried out."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.model.ids import AccountId, IntentId, PersonId
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import IntentState


@dataclass(frozen=True, slots=True)
class Fill:
    """One opening order of a signal. Volumes are lots; prices, `pip` and `symbol` are the broker's.

    `tapped_at` is when the trader decided, `opened_at` when the position began by the broker's clock; a time
    is None while it has not come. `was_unknown` says that for a while nobody knew whether it was done.
    `expected` is the price that the desk saw at the tap, or that of the pending order. `filled` and `price`
    are None while nothing is filled, `price` also when the broker never told it. `profit` is that of the
    whole trade, in the account's currency, once it is closed.
    """

    intent_id: IntentId
    account_id: AccountId
    account: str
    person_id: PersonId
    source: str
    instrument: str
    symbol: str
    side: Side
    order_kind: OrderKind
    state: IntentState
    was_unknown: bool
    signalled_at: datetime
    tapped_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None
    opened_at: datetime | None
    wanted: Decimal
    filled: Decimal | None
    expected: Decimal | None
    price: Decimal | None
    pip: Decimal | None
    profit: Decimal | None
