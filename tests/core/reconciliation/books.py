"""Trades, positions and deals to match by hand; `replace` what a test wants otherwise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.model.ids import AccountId, IntentId, TradeId
from core.model.instruments import Instrument, Side
from core.model.mt5 import DealEntry, MT5Deal, MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import MatchPolicy

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ACCOUNT = AccountId(UUID(int=1))
PIPS = {"EURUSD": Decimal("0.0001"), "USDJPY": Decimal("0.01"), "XAUUSD": Decimal("0.1")}
POLICY = MatchPolicy(pips={**PIPS, "EURUSD.m": PIPS["EURUSD"]}, symbols={"EURUSD": "EURUSD.m"})


def an_instrument(symbol: str = "EURUSD", digits: int = 5) -> Instrument:
    point = Decimal(1).scaleb(-digits)
    return Instrument(
        symbol, digits, point, point, Decimal(1), Decimal(100_000),
        Decimal("0.01"), Decimal(50), Decimal("0.01"), 0, 0, 1, 2, 4,
    )  # fmt: skip


def a_trade(number: int = 1, intent: IntentId | None = None, **changes: Any) -> Trade:
    """A bought 0.10 EURUSD at 1.10000, as expected, with stop and target 100 pips away."""
    trade = Trade(
        id=TradeId(UUID(int=number)),
        account_id=ACCOUNT,
        intent_id=intent,
        signal_id=None,
        position=number,
        symbol="EURUSD",
        side=Side.BUY,
        volume=Decimal("0.10"),
        expected_price=Decimal("1.10000"),
        open_price=Decimal("1.10000"),
        stop_loss=Decimal("1.09000"),
        take_profit=Decimal("1.11000"),
        opened_at=NOW,
    )
    return replace(trade, **changes)


def a_position(number: int = 1, **changes: Any) -> MT5Position:
    """The position of `a_trade`, without a mark of ours."""
    position = MT5Position(
        ticket=number,
        identifier=number,
        symbol="EURUSD",
        side=Side.BUY,
        volume=Decimal("0.10"),
        price_open=Decimal("1.10000"),
        price_current=Decimal("1.10010"),
        stop_loss=Decimal("1.09000"),
        take_profit=Decimal("1.11000"),
        profit=Decimal(1),
        swap=Decimal(0),
        magic=0,
        comment="",
        opened_at=NOW,
        updated_at=NOW,
        reason=0,
    )
    return replace(position, **changes)


def a_deal(entry: DealEntry, volume: str = "0.10", price: str = "1.10000", **changes: Any) -> MT5Deal:
    """A deal of position 1 by a person at the desktop, free of costs."""
    deal = MT5Deal(
        ticket=int(entry) + 1,
        order=1,
        position_id=1,
        symbol="EURUSD",
        type=int(entry is not DealEntry.IN),
        entry=entry,
        reason=0,
        volume=Decimal(volume),
        price=Decimal(price),
        profit=Decimal(0),
        commission=Decimal(0),
        swap=Decimal(0),
        fee=Decimal(0),
        magic=0,
        comment="",
        at=NOW,
    )
    return replace(deal, **changes)
