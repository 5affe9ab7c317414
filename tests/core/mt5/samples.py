"""A symbol, its price, and what is held in it: for tests of requests and levels."""

from datetime import UTC, datetime
from decimal import Decimal

from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5Position, Quote
from core.mt5 import contract as mt5

D = Decimal
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EURUSD = Instrument(
    symbol="EURUSD",
    digits=5,
    point=D("0.00001"),
    tick_size=D("0.00001"),
    tick_value=D(1),
    contract_size=D(100_000),
    volume_min=D("0.01"),
    volume_max=D(50),
    volume_step=D("0.01"),
    stops_level_points=10,
    freeze_level_points=5,
    filling_mode=1,
    execution_mode=mt5.SYMBOL_TRADE_EXECUTION_MARKET,
    trade_mode=4,
    volume_limit=D(2),
)
QUOTE = Quote("EURUSD", D("1.10000"), D("1.10012"), NOW, NOW)


def a_position(
    side: Side = Side.BUY,
    ticket: int = 7,
    volume: str = "0.30",
    loss: str | None = None,
    profit: str | None = None,
) -> MT5Position:
    """By its identifier it is 6, whatever its ticket."""
    return MT5Position(
        ticket=ticket,
        identifier=6,
        symbol="EURUSD",
        side=side,
        volume=D(volume),
        price_open=D("1.1"),
        price_current=D("1.1"),
        stop_loss=D(loss) if loss else None,
        take_profit=D(profit) if profit else None,
        profit=D(0),
        swap=D(0),
        magic=0,
        comment="",
        opened_at=NOW,
        updated_at=NOW,
        reason=3,
    )
