"""The dealer: fills and closes on one account's ledger at the quotes of one moment."""

from dataclasses import dataclass, replace

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.prices import Market, Quote
from core.paper.server import money
from core.paper.server.ledger import Ledger
from core.paper.server.records import Deal, Order, Position


@dataclass(frozen=True, slots=True)
class Dealer:
    """Acts on a ledger at `time_msc`."""

    ledger: Ledger
    market: Market
    time_msc: int

    def quote(self, symbol: str) -> Quote:
        return self.market.quote(symbol, self.time_msc)

    def quote_or_none(self, symbol: str) -> Quote | None:
        return self.quote(symbol) if symbol in INSTRUMENTS else None

    # -- what things are worth

    def closing_price(self, position: Position) -> float:
        quote = self.quote(position.symbol)
        return quote.bid if position.side > 0 else quote.ask

    def value(self, symbol: str, order_type: int, volume: float, opened: float, closed: float) -> float:
        """Profit of a trade in the deposit currency."""
        return money.profit(
            INSTRUMENTS[symbol], order_type, volume, opened, closed,
            self.ledger.account.currency, self.quote_or_none,
        )  # fmt: skip

    def profit(self, position: Position, closed: float, volume: float | None = None) -> float:
        lots = position.volume if volume is None else volume
        return self.value(position.symbol, position.type, lots, position.price_open, closed)

    def floating(self) -> float:
        """Unrealised result of all positions, swap included."""
        return sum(self.profit(p, self.closing_price(p)) + p.swap for p in self.ledger.positions.values())

    def figures(self) -> money.Figures:
        return money.figures(self.ledger, self.floating())

    def margin(self, symbol: str, order_type: int, volume: float, price: float) -> float:
        account = self.ledger.account
        return money.margin(
            INSTRUMENTS[symbol],
            order_type,
            volume,
            price,
            account.leverage,
            account.currency,
            self.quote_or_none,
        )

    def affords(self, symbol: str, order_type: int, volume: float, price: float) -> bool:
        """Whether the free margin bears one more position."""
        return self.margin(symbol, order_type, volume, price) <= self.figures().free

    # -- what is done

    def fill(self, order: Order, price: float, volume: float) -> Deal:
        """Open a position by an order, which has its ticket. The order goes into history."""
        done = self._filed(replace(order, position_id=order.ticket), price, volume)
        self.ledger.keep(
            Position(
                ticket=order.ticket, login=order.login, symbol=order.symbol, type=order.type % 2,
                volume=volume, price_open=price, sl=order.sl, tp=order.tp, swap=0.0,
                margin=self.margin(order.symbol, order.type, volume, price),
                magic=order.magic, identifier=order.ticket, reason=order.reason, comment=order.comment,
                time_msc=self.time_msc, time_update_msc=self.time_msc,
            )
        )  # fmt: skip
        return self._deal(done, mt5.DEAL_ENTRY_IN, order.type % 2, price, volume, 0.0, 0.0)

    def close(self, position: Position, order: Order, price: float, volume: float) -> Deal:
        """Close a position, or `volume` of it, by an order. Swap is realised in proportion."""
        done = self._filed(replace(order, position_id=position.identifier), price, volume)
        return self._out(position, done, mt5.DEAL_ENTRY_OUT, price, volume)

    def close_by(self, position: Position, other: Position, order: Order) -> Deal:
        """Close two opposite positions by one another, as far as the smaller goes; the first one's deal.

        The first closes at the price at which the other was opened, the other at its own: profit lies in one.
        """
        price, volume = other.price_open, order.volume_initial
        by = replace(order, position_id=position.identifier, position_by_id=other.identifier)
        done = self._filed(by, price, volume)
        deal = self._out(position, done, mt5.DEAL_ENTRY_OUT_BY, price, volume)
        second = replace(done, position_id=other.identifier, position_by_id=position.identifier)
        self._out(other, second, mt5.DEAL_ENTRY_OUT_BY, price, volume)
        return deal

    def _out(self, position: Position, order: Order, entry: int, price: float, volume: float) -> Deal:
        swap = round(position.swap * volume / position.volume, 2)
        profit = self.profit(position, price, volume)
        self._reduce(position, volume, swap)
        return self._deal(order, entry, 1 - position.type, price, volume, profit, swap)

    def _reduce(self, position: Position, volume: float, swap: float) -> None:
        left = round(position.volume - volume, 8)
        if left <= 0:
            self.ledger.drop(position.ticket)
            return
        margin = round(position.margin * left / position.volume, 2)
        self.ledger.keep(
            replace(
                position, volume=left, margin=margin, swap=round(position.swap - swap, 2),
                time_update_msc=self.time_msc,
            )
        )  # fmt: skip

    def order(
        self,
        symbol: str,
        order_type: int,
        volume: float,
        *,
        reason: int,
        comment: str = "",
        magic: int = 0,
        filling: int = mt5.ORDER_FILLING_FOK,
        sl: float = 0.0,
        tp: float = 0.0,
    ) -> Order:
        """A market order of this moment."""
        return Order(
            ticket=self.ledger.next_ticket(), login=self.ledger.account.login, symbol=symbol, type=order_type,
            type_filling=filling, state=mt5.ORDER_STATE_STARTED, magic=magic, reason=reason, sl=sl, tp=tp,
            volume_initial=volume, volume_current=volume, price_open=0.0, comment=comment,
            time_setup_msc=self.time_msc,
        )  # fmt: skip

    def _filed(self, order: Order, price: float, volume: float) -> Order:
        market = order.price_open == 0.0
        done = replace(
            order,
            state=mt5.ORDER_STATE_FILLED,
            price_open=price if market else order.price_open,
            price_current=price,
            volume_current=round(order.volume_initial - volume, 8),
            time_done_msc=self.time_msc,
        )
        self.ledger.file(done)
        return done

    def _deal(
        self,
        order: Order,
        entry: int,
        deal_type: int,
        price: float,
        volume: float,
        profit: float,
        swap: float,
    ) -> Deal:
        commission = -round(self.ledger.account.commission_per_lot * volume, 2)
        deal = Deal(
            ticket=self.ledger.next_ticket(), login=order.login, order=order.ticket, time_msc=self.time_msc,
            type=deal_type, entry=entry, magic=order.magic, position_id=order.position_id,
            reason=order.reason, volume=volume, price=price, commission=commission, swap=swap, profit=profit,
            symbol=order.symbol, comment=order.comment,
        )  # fmt: skip
        self.ledger.record(deal)
        self.ledger.pay(profit + swap + commission)
        return deal
