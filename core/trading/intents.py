"""Intents for what is open already."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from core.model.ids import AccountId, new_intent_id
from core.model.instruments import Side
from core.model.mt5 import MT5Order, MT5Position
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.mt5 import reading
from core.mt5.orders import PendingOrder, Stops


@dataclass(frozen=True, slots=True)
class Intentions:
    """What is wished of one account at one moment, and not to be sent later than `within` from it."""

    account: AccountId
    now: datetime
    within: timedelta

    def close(self, position: MT5Position, lots: Decimal | None = None) -> Intent:
        """Close a position, or so many lots of it."""
        closing = replace(self._of(IntentKind.CLOSE, position), side=position.side.opposite)
        return closing if lots is None else replace(closing, volume=lots)

    def close_by(self, position: MT5Position, opposite: MT5Position) -> Intent:
        """Set two positions off against each other, as far as the smaller reaches."""
        volume = min(position.volume, opposite.volume)
        setting_off = self._of(IntentKind.CLOSE_BY, position)
        return replace(setting_off, volume=volume, opposite=opposite.identifier)

    def modify(self, position: MT5Position, stops: Stops) -> Intent:
        """Set both stops of a position."""
        moving = self._of(IntentKind.MODIFY, position)
        return replace(moving, stop_loss=stops.loss, take_profit=stops.profit)

    def close_trade(self, trade: Trade) -> Intent:
        """Close all that a trade expects."""
        return self._about(IntentKind.CLOSE, trade.symbol, trade.side.opposite, trade.volume, trade.position)

    def break_even(self, trade: Trade) -> Intent:
        """Move the stop of a trade's position to its entry, and leave its target."""
        moving = self._about(IntentKind.MODIFY, trade.symbol, trade.side, trade.volume, trade.position)
        return replace(moving, stop_loss=trade.open_price, take_profit=trade.take_profit)

    def change(self, order: MT5Order, moved: PendingOrder, stops: Stops, until: datetime | None) -> Intent:
        """Move a pending order to where `moved` is, with its stops and its end."""
        return replace(
            self._on(IntentKind.CHANGE, order),
            order_kind=moved.kind,
            price=moved.price,
            stop_loss=stops.loss,
            take_profit=stops.profit,
            order_expires_at=until,
        )

    def cancel(self, order: MT5Order) -> Intent:
        """Remove a pending order."""
        return self._on(IntentKind.CANCEL, order)

    def cancel_of(self, opening: Intent) -> Intent:
        """Remove the pending order that an opening has placed."""
        return replace(
            self._about(IntentKind.CANCEL, opening.symbol, opening.side, opening.volume, opening.position),
            order_kind=opening.order_kind,
        )

    def _of(self, kind: IntentKind, position: MT5Position) -> Intent:
        return self._about(kind, position.symbol, position.side, position.volume, position.identifier)

    def _on(self, kind: IntentKind, order: MT5Order) -> Intent:
        side = reading.side(order.type)
        return self._about(kind, order.symbol, side, order.volume_current, order.ticket)

    def _about(
        self, kind: IntentKind, symbol: str, side: Side, volume: Decimal, position: int | None
    ) -> Intent:
        return Intent(
            id=new_intent_id(self.now),
            account_id=self.account,
            kind=kind,
            state=IntentState.NEW,
            symbol=symbol,
            side=side,
            order_kind=OrderKind.MARKET,
            volume=volume,
            created_at=self.now,
            expires_at=self.now + self.within,
            position=position,
        )
