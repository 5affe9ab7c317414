"""Orders as an earlier day has left them in the database: signal, decision, intent, trade."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from core.model.accounts import Account, Source
from core.model.approvals import Approval, ApprovalState
from core.model.events import Event, Json
from core.model.ids import ApprovalId, SignalId, TradeId, new_intent_id
from core.model.instruments import Side
from core.model.signals import OrderKind, Signal
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.ports import Delivery, Store

ENTRY = Decimal("1.08500")
PIP = Decimal("0.0001")
FROM_SIGNAL, TO_SEND, TO_FILL, TO_KNOW = (timedelta(seconds=each) for each in (20, 0.1, 0.4, 0.6))


@dataclass(frozen=True, slots=True)
class Order:
    """A market buy that was tapped 20 s after its signal and filled 0.4 s later, so many pips worse."""

    account: Account
    source: Source
    tapped_at: datetime
    pips: str = "0"
    wanted: Decimal = Decimal("0.50")
    filled: Decimal = Decimal("0.50")
    state: IntentState = IntentState.FILLED
    was_unknown: bool = False
    instrument: str = "EURUSD"

    @property
    def price(self) -> Decimal:
        return ENTRY + Decimal(self.pips) * PIP

    @property
    def is_filled(self) -> bool:
        return self.state in (IntentState.FILLED, IntentState.PARTIAL)


async def put_orders(store: Store, *orders: Order) -> None:
    async with store.write() as tx:
        for order in orders:
            signal = _signal(order)
            approval = _approval(order, signal)
            intent = _intent(order, approval)
            await tx.signals.add(signal, Delivery(signal.external_id, "0" * 64))
            await tx.approvals.add_all([approval])
            await tx.intents.add(intent)
            if order.is_filled:
                await tx.trades.add(_trade(order, intent))
            if order.was_unknown:
                await tx.events.append(_doubt(order, intent))


def _doubt(order: Order, intent: Intent) -> Event:
    data: Json = {
        "kind": str(intent.kind),
        "symbol": intent.symbol,
        "side": str(intent.side),
        "volume": str(intent.volume),
        "position": "",
        "price": "",
        "retcode": None,
        "detail": "",
    }
    return Event("order.unknown", order.tapped_at, str(intent.id), data)


def _signal(order: Order) -> Signal:
    number, at = uuid4(), order.tapped_at - FROM_SIGNAL
    return Signal(
        id=SignalId(number),
        source_id=order.source.id,
        source_name=order.source.name,
        external_id=number.hex,
        instrument=order.instrument,
        side=Side.BUY,
        kind=OrderKind.MARKET,
        entry=ENTRY,
        entry_zone=None,
        stop_loss=ENTRY - 30 * PIP,
        take_profits=(),
        received_at=at,
        expires_at=at + timedelta(minutes=15),
    )


def _approval(order: Order, signal: Signal) -> Approval:
    return Approval(
        id=ApprovalId(uuid4()),
        signal_id=signal.id,
        person_id=order.account.person_id,
        account_id=order.account.id,
        state=ApprovalState.APPROVED,
        version=2,
        expires_at=signal.expires_at,
        decided_at=order.tapped_at,
    )


def _intent(order: Order, approval: Approval) -> Intent:
    return Intent(
        id=new_intent_id(order.tapped_at),
        account_id=order.account.id,
        kind=IntentKind.OPEN,
        state=order.state,
        symbol=order.instrument,
        side=Side.BUY,
        order_kind=OrderKind.MARKET,
        volume=order.wanted,
        created_at=order.tapped_at,
        expires_at=approval.expires_at,
        approval_id=approval.id,
        signal_id=approval.signal_id,
        price=ENTRY,
        sent_at=order.tapped_at + TO_SEND,
        settled_at=order.tapped_at + TO_KNOW if order.state.is_final else None,
        filled_volume=order.filled if order.is_filled else None,
        filled_price=order.price if order.is_filled else None,
        pip=PIP,
    )


def _trade(order: Order, intent: Intent) -> Trade:
    return Trade(
        id=TradeId(uuid4()),
        account_id=order.account.id,
        intent_id=intent.id,
        signal_id=intent.signal_id,
        position=int(intent.id),
        symbol=intent.symbol,
        side=intent.side,
        volume=order.filled,
        expected_price=ENTRY,
        open_price=order.price,
        stop_loss=None,
        take_profit=None,
        opened_at=order.tapped_at + TO_FILL,
    )
