"""Account readings and deals to judge by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId, PersonId
from core.model.mt5 import DealEntry, MT5AccountState, MT5Deal
from core.model.risk import DrawdownState
from core.risk.course import Flow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ACCOUNT = Account(
    AccountId(UUID(int=1)), PersonId(UUID(int=2)), "Main", TerminalKind.PAPER, "", 70001, "Paper-Demo"
)


def a_reading(
    equity: str | Decimal, at: datetime = NOW, *, balance: str = "0", credit: str = "0"
) -> MT5AccountState:
    return MT5AccountState(
        login=70001, server="Paper-Demo", name="Ann", currency="USD", leverage=100, trade_mode=0,
        margin_mode=2, fifo_close=False, balance=Decimal(0), credit=Decimal(credit),
        equity=Decimal(equity), profit=Decimal(0), margin=Decimal(0), margin_free=Decimal(0),
        trade_allowed=True, trade_expert=True, terminal_trade_allowed=True, tradeapi_disabled=False,
        ping_us=0, build=5000, read_at=at,
    )  # fmt: skip


def a_flow(
    amount: str | Decimal, ticket: int = 1, at: datetime = NOW, type_: int = 2, **costs: Any
) -> MT5Deal:
    """A deposit, or a withdrawal where it is negative."""
    money = {name: Decimal(costs.get(name, 0)) for name in ("commission", "swap", "fee")}
    return MT5Deal(
        ticket=ticket, order=0, position_id=0, symbol="", type=type_, entry=DealEntry.IN, reason=0,
        volume=Decimal(0), price=Decimal(0), profit=Decimal(amount), magic=0, comment="", at=at, **money,
    )  # fmt: skip


def a_state(peak: str | Decimal, equity: str | Decimal = "0", level: str = "0") -> DrawdownState:
    return DrawdownState(ACCOUNT.id, Decimal(peak), Decimal(equity), NOW, Decimal(level), NOW)


def a_payment(amount: str | Decimal, at: datetime = NOW) -> Flow:
    return Flow(Decimal(amount), at)
