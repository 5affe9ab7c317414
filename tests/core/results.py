"""Closed trades, for tests of what is made of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from core.model.ids import AccountId, TradeId
from core.model.instruments import Side
from core.model.results import Result
from core.model.trades import CloseReason, Trade, TradeState

D = Decimal
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def a_trade(number: int = 1, profit: str | None = "12.40", **changes: object) -> Trade:
    """Closed `number` minutes after noon."""
    usual = Trade(
        id=TradeId(UUID(int=number)),
        account_id=AccountId(UUID(int=7)),
        intent_id=None,
        signal_id=None,
        position=number,
        symbol="EURUSD",
        side=Side.BUY,
        volume=D("0.10"),
        expected_price=D("1.08500"),
        open_price=D("1.08503"),
        stop_loss=D("1.08200"),
        take_profit=D("1.08900"),
        opened_at=NOON - timedelta(hours=2),
        state=TradeState.CLOSED,
        closed_at=NOON + timedelta(minutes=number),
        close_price=D("1.08627"),
        close_reason=CloseReason.TAKE_PROFIT,
        profit=None if profit is None else D(profit),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def a_result(number: int = 1, profit: str | None = "12.40", **changes: object) -> Result:
    trade = a_trade(number, profit)
    usual = Result(trade, "Tara paper", "momentum", "USD", D("30"), D("0.0001"))
    return replace(usual, **changes)  # type: ignore[arg-type]
