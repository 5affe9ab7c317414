"""What the farm's terminals hold, told twice: as the terminals' structs and as the desk's own rows.

Everything follows from the login alone, so the farm and the desk agree without asking each other.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId, IntentId, PersonId, TradeId, comment_of, magic_of
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.mt5 import contract as mt5

SERVER, PASSWORD = "Farm-Server", "pw"
UTC_OFFSET_S = 7_200
OPENED_AT = datetime(2026, 11, 20, 9, 30, 0, 123_000, tzinfo=UTC)
BALANCE = 50_000.0
LOTS = (0.01, 0.05, 0.1, 0.3)
CONTRACT_SIZE = 100_000
EACH_IN = 5
"""An account holds positions in so many of the symbols."""

_PRICES = {
    "EURUSD": 1.08437, "GBPUSD": 1.26118, "AUDUSD": 0.65203, "NZDUSD": 0.60117, "USDCAD": 1.36871,
    "USDCHF": 0.88234, "EURGBP": 0.85981, "EURCHF": 0.95679, "EURAUD": 1.66308, "EURCAD": 1.48417,
    "EURNZD": 1.80377, "GBPCHF": 1.11279, "GBPAUD": 1.93422, "GBPCAD": 1.72618, "GBPNZD": 2.09787,
    "AUDCAD": 0.89243, "AUDNZD": 1.08459, "AUDCHF": 0.57531, "NZDCAD": 0.82283, "CADCHF": 0.64465,
}  # fmt: skip
SYMBOLS = tuple(_PRICES)


@dataclass(frozen=True, slots=True)
class Holding:
    """One position of an account and the trade behind it; `number` counts those of the account."""

    login: int
    number: int

    @property
    def identifier(self) -> int:
        return self.login * 1_000_000 + self.number

    @property
    def symbol(self) -> str:
        return SYMBOLS[(self.login + self.number % EACH_IN) % len(SYMBOLS)]

    @property
    def side(self) -> Side:
        return Side.SELL if self.number % 2 else Side.BUY

    @property
    def lots(self) -> float:
        return LOTS[self.number % len(LOTS)]

    @property
    def opened_at(self) -> datetime:
        return OPENED_AT + timedelta(seconds=self.number)

    @property
    def intent(self) -> IntentId:
        return IntentId(self.identifier)

    def price(self, pips: float = 0) -> float:
        """The opening price, or what lies so many pips to its better side."""
        return round(_PRICES[self.symbol] + self.side.sign * pips / 10_000, 5)

    def prices_now(self, at_s: float) -> tuple[float, float]:
        """The price of a moment and the profit at it: a wave of a few seconds, of its own phase."""
        pips = 30 * math.sin(at_s + self.number)
        price = self.price(pips)
        return price, round(self.side.sign * (price - self.price()) * self.lots * CONTRACT_SIZE, 2)


def holdings(login: int, count: int) -> list[Holding]:
    return [Holding(login, number) for number in range(1, count + 1)]


# As the terminals tell it


def folder_of(login: int) -> str:
    return f"C:\\Farm\\{login}"


def position_struct(held: Holding, **moving: Any) -> dict[str, Any]:
    """`positions_get`'s; `moving` are price, profit, as the caller writes them."""
    opened_s = int(held.opened_at.timestamp()) + UTC_OFFSET_S
    return _struct(
        mt5.TRADE_POSITION,
        ticket=held.identifier,
        identifier=held.identifier,
        time=opened_s,
        time_msc=opened_s * 1000 + 123,
        time_update=opened_s,
        time_update_msc=opened_s * 1000 + 123,
        type=mt5.POSITION_TYPE_BUY if held.side is Side.BUY else mt5.POSITION_TYPE_SELL,
        magic=magic_of(held.intent),
        reason=mt5.POSITION_REASON_EXPERT,
        volume=held.lots,
        price_open=held.price(),
        sl=held.price(-50),
        tp=held.price(100),
        symbol=held.symbol,
        comment=comment_of(held.intent),
        **moving,
    )


def account_struct(login: int, **moving: Any) -> dict[str, Any]:
    return _struct(
        mt5.ACCOUNT_INFO,
        login=login,
        server=SERVER,
        name=f"Farm {login}",
        currency="USD",
        leverage=100,
        margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING,
        trade_allowed=True,
        trade_expert=True,
        balance=BALANCE,
        margin=2_300.0,
        **moving,
    )


def terminal_struct(login: int) -> dict[str, Any]:
    return _struct(
        mt5.TERMINAL_INFO,
        connected=True,
        trade_allowed=True,
        path=folder_of(login),
        build=5_430,
        ping_last=41_000,
    )


def symbol_struct(symbol: str) -> dict[str, Any]:
    return _struct(
        mt5.SYMBOL_INFO,
        name=symbol,
        digits=5,
        point=0.00001,
        trade_tick_size=0.00001,
        trade_tick_value=1.0,
        trade_tick_value_loss=1.0,
        trade_contract_size=float(CONTRACT_SIZE),
        volume_min=0.01,
        volume_max=100.0,
        volume_step=0.01,
        filling_mode=1,
        trade_exemode=mt5.SYMBOL_TRADE_EXECUTION_MARKET,
        trade_mode=mt5.SYMBOL_TRADE_MODE_FULL,
        order_mode=127,
        expiration_mode=15,
    )


def tick_struct(symbol: str, **moving: Any) -> dict[str, Any]:
    price = _PRICES[symbol]
    return _struct(mt5.TICK, bid=price, ask=round(price + 0.00012, 5), flags=6, **moving)


def _struct(shape: mt5.Shape, **values: Any) -> dict[str, Any]:
    """Every field of the shape, in its order; nothing stands in those that are not named."""
    return {name: values.get(name, kind()) for name, kind in shape}


# As the desk keeps it


def account_of(login: int, person: PersonId) -> Account:
    return Account(
        id=AccountId(UUID(int=login)),
        person_id=person,
        label=f"farm-{login}",
        kind=TerminalKind.MT5,
        terminal_path=folder_of(login) + "\\terminal64.exe",
        login=login,
        server=SERVER,
        symbols={"EURUSD": "EURUSD"},
    )


def intent_of(held: Holding) -> Intent:
    """The opening order that was filled as it was asked."""
    return Intent(
        id=held.intent,
        account_id=AccountId(UUID(int=held.login)),
        kind=IntentKind.OPEN,
        state=IntentState.FILLED,
        symbol=held.symbol,
        side=held.side,
        order_kind=OrderKind.MARKET,
        volume=_exact(held.lots),
        created_at=held.opened_at,
        expires_at=held.opened_at + timedelta(seconds=30),
        price=_exact(held.price()),
        stop_loss=_exact(held.price(-50)),
        take_profit=_exact(held.price(100)),
        position=held.identifier,
        sent_at=held.opened_at,
        settled_at=held.opened_at,
        retcode=mt5.TRADE_RETCODE_DONE,
        filled_volume=_exact(held.lots),
        filled_price=_exact(held.price()),
    )


def trade_of(held: Holding) -> Trade:
    return Trade(
        id=TradeId(UUID(int=held.identifier)),
        account_id=AccountId(UUID(int=held.login)),
        intent_id=held.intent,
        signal_id=None,
        position=held.identifier,
        symbol=held.symbol,
        side=held.side,
        volume=_exact(held.lots),
        expected_price=_exact(held.price()),
        open_price=_exact(held.price()),
        stop_loss=_exact(held.price(-50)),
        take_profit=_exact(held.price(100)),
        opened_at=held.opened_at,
    )


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))
