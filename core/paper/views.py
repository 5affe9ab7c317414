"""What a terminal shows of an account when its books lag or its quotes stand still."""

from core.paper.market.instruments import INSTRUMENTS
from core.paper.server.dealing import Dealer
from core.paper.server.faults import Fault, Kind, first
from core.paper.server.ledger import Ledger

_STILL = (Kind.FROZEN, Kind.QUOTES_OFF)


def seen(dealer: Dealer, met: tuple[Fault, ...]) -> Dealer:
    """The account as a terminal under these faults shows it; to read from, never to act on."""
    lag = first(met, Kind.LAG)
    if lag:
        dealer = _earlier(dealer, dealer.time_msc - lag.market_ms(dealer.market.plan))
    for fault in met:
        if fault.kind in _STILL:
            dealer = _still(dealer, fault)
    return dealer


def _earlier(dealer: Dealer, time_msc: int) -> Dealer:
    """Without the positions and orders that are younger; what has gone since does not come back."""
    ledger = dealer.ledger
    positions = [row for row in ledger.positions.values() if row.time_msc <= time_msc]
    orders = [row for row in ledger.orders.values() if row.time_setup_msc <= time_msc]
    return Dealer(Ledger(ledger.account, positions, orders), dealer.market, time_msc)


def _still(dealer: Dealer, fault: Fault) -> Dealer:
    """With the quotes of a symbol, or of all, as they stood when the fault began."""
    names = (fault.symbol,) if fault.symbol in INSTRUMENTS else tuple(INSTRUMENTS)
    quotes = {name: dealer.market.quote(name, fault.began_msc) for name in names}
    return Dealer(dealer.ledger, dealer.market, dealer.time_msc, quotes)
