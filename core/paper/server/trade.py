"""One trade request on its way through the server: what it is about, and the answer or the refusal."""

from dataclasses import dataclass

from core.mt5 import contract as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.quotes import Quote
from core.paper.market.specification import Instrument
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault
from core.paper.server.records import Order, Position
from core.paper.server.requests import Request

_COMMENTS = {
    mt5.TRADE_RETCODE_DONE: "Request executed",
    mt5.TRADE_RETCODE_DONE_PARTIAL: "Request executed partially",
    mt5.TRADE_RETCODE_PLACED: "Order placed",
    mt5.TRADE_RETCODE_NO_MONEY: "No money",
    mt5.TRADE_RETCODE_MARKET_CLOSED: "Market closed",
    mt5.TRADE_RETCODE_CLIENT_DISABLES_AT: "AutoTrading disabled by client",
    mt5.TRADE_RETCODE_SERVER_DISABLES_AT: "AutoTrading disabled by server",
    mt5.TRADE_RETCODE_INVALID_FILL: "Unsupported filling mode",
}
_BY_POSITION = (mt5.TRADE_ACTION_SLTP, mt5.TRADE_ACTION_CLOSE_BY)
_BY_ORDER = (mt5.TRADE_ACTION_MODIFY, mt5.TRADE_ACTION_REMOVE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The server's answer to one request."""

    retcode: int
    deal: int = 0
    order: int = 0
    volume: float = 0.0
    price: float = 0.0
    bid: float = 0.0
    ask: float = 0.0

    @property
    def comment(self) -> str:
        name = mt5.RETCODE_NAMES.get(self.retcode, "Unknown")
        return _COMMENTS.get(self.retcode, name.replace("_", " ").capitalize())


class Refused(Exception):
    """Raised by a check; carries the retcode."""

    def __init__(self, retcode: int) -> None:
        super().__init__(mt5.RETCODE_NAMES.get(retcode, str(retcode)))
        self.retcode = retcode


@dataclass(frozen=True, slots=True)
class Trade:
    """A request with everything that it needs at hand."""

    dealer: Dealer
    request: Request
    reason: int
    faults: tuple[Fault, ...] = ()

    @property
    def symbol(self) -> str:
        """The symbol in question: the request's own, or that of the position or order that it names."""
        if self.request.action in _BY_POSITION:
            return self.position.symbol
        if self.request.action in _BY_ORDER:
            return self.order.symbol
        return self.request.symbol

    @property
    def spec(self) -> Instrument:
        spec = INSTRUMENTS.get(self.symbol)
        if spec is None:
            raise Refused(mt5.TRADE_RETCODE_INVALID)
        return spec

    @property
    def position(self) -> Position:
        """The position that is named: by its ticket, or on a netting account by its symbol."""
        ledger, request = self.dealer.ledger, self.request
        position = ledger.positions.get(request.position)
        if position is None and not request.position and not ledger.hedging:
            position = next(iter(ledger.held(request.symbol)), None)
        if position is None:
            raise Refused(mt5.TRADE_RETCODE_POSITION_CLOSED)
        return position

    @property
    def opposite(self) -> Position:
        """The position to close by. Refused unless it is of the same symbol and the other side."""
        other = self.dealer.ledger.positions.get(self.request.position_by)
        if other is None:
            raise Refused(mt5.TRADE_RETCODE_POSITION_CLOSED)
        if other.symbol != self.position.symbol or other.side == self.position.side:
            raise Refused(mt5.TRADE_RETCODE_INVALID)
        return other

    @property
    def order(self) -> Order:
        order = self.dealer.ledger.orders.get(self.request.order)
        if order is None:
            raise Refused(mt5.TRADE_RETCODE_INVALID)
        return order

    def answer(self, retcode: int, quote: Quote | None = None, **fields: float) -> Outcome:
        """An outcome that carries the symbol's quote, as results of executed requests and requotes do."""
        if quote is None and self.request.symbol in INSTRUMENTS:
            quote = self.dealer.quote(self.request.symbol)
        if quote is None:
            return Outcome(retcode)
        return Outcome(retcode, bid=quote.bid, ask=quote.ask, **fields)  # type: ignore[arg-type]


def require(condition: bool, retcode: int) -> None:
    if not condition:
        raise Refused(retcode)
