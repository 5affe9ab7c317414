"""The dealer: what one account's positions and orders are worth at the quotes of one moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.mt5 import contract as mt5
from core.paper.market.calendar import MINUTE_MS
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.market import Market
from core.paper.market.quotes import Quote
from core.paper.server import money
from core.paper.server.ledger import Ledger
from core.paper.server.records import Order, Position


@dataclass(frozen=True, slots=True)
class Dealer:
    """A ledger, the market, and the broker's time. Each symbol's quote is looked up once."""

    ledger: Ledger
    market: Market
    time_msc: int
    _quotes: dict[str, Quote] = field(default_factory=dict, repr=False, compare=False)

    @property
    def login(self) -> int:
        """Whose account it is."""
        return self.ledger.account.login

    def quote(self, symbol: str) -> Quote:
        quote = self._quotes.get(symbol)
        if quote is None:
            quote = self._quotes[symbol] = self.market.quote(symbol, self.time_msc)
        return quote

    def quote_or_none(self, symbol: str) -> Quote | None:
        return self.quote(symbol) if symbol in INSTRUMENTS else None

    def price(self, symbol: str, order_type: int) -> float:
        """What an order of that type is filled at now."""
        return self.quote(symbol).price(order_type)

    def closing_price(self, position: Position) -> float:
        return self.price(position.symbol, 1 - position.type)

    def in_session(self, symbol: str) -> bool:
        return bool(self.market.symbols[symbol].open_at(self.time_msc // MINUTE_MS))

    # -- what things are worth

    def value(self, symbol: str, order_type: int, volume: float, opened: float, closed: float) -> float:
        """Profit of a trade in the deposit currency."""
        return money.profit(
            INSTRUMENTS[symbol], order_type, volume, opened, closed,
            self.ledger.account.currency, self.quote_or_none,
        )  # fmt: skip

    def profit(self, position: Position, closed: float, volume: float | None = None) -> float:
        lots = position.volume if volume is None else volume
        return self.value(position.symbol, position.type, lots, position.price_open, closed)

    def result(self, position: Position) -> float:
        """What closing a position now would bring, swap included."""
        return self.profit(position, self.closing_price(position)) + position.swap

    def floating(self) -> float:
        """Unrealised result of all positions, swap included."""
        return sum((self.result(position) for position in self.ledger.positions.values()), 0.0)

    def figures(self) -> money.Figures:
        return money.figures(self.ledger, self.floating())

    def margin(self, symbol: str, order_type: int, volume: float, price: float) -> float:
        account = self.ledger.account
        return money.margin(
            INSTRUMENTS[symbol], order_type, volume, price, account.leverage, account.currency,
            self.quote_or_none,
        )  # fmt: skip

    # -- orders

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
        position_id: int = 0,
    ) -> Order:
        """A market order of this moment, with a ticket of its own."""
        return Order(
            ticket=self.ledger.next_ticket(), login=self.login, symbol=symbol, type=order_type,
            type_filling=filling, state=mt5.ORDER_STATE_STARTED, magic=magic, reason=reason, sl=sl, tp=tp,
            volume_initial=volume, volume_current=volume, price_open=0.0, comment=comment,
            position_id=position_id, time_setup_msc=self.time_msc,
        )  # fmt: skip

    def working(self, symbol: str) -> Iterable[Order]:
        """The working orders of a symbol, safe to change meanwhile."""
        return [order for order in self.ledger.orders.values() if order.symbol == symbol]
