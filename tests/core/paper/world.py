"""A paper broker for tests: its book with the person beside it, and the folder of one terminal."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import core.paper as mt5
from core.paper.calls.structs import Struct
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan, Shock

LOGIN, PASSWORD, SERVER = 1001, "pw-ann", "Paper-Demo"


@dataclass(frozen=True)
class World:
    """One broker, one account, one terminal."""

    hands: Hands
    book: Path
    folder: Path

    def initialize(self) -> bool:
        return mt5.initialize(str(self.folder), login=LOGIN, password=PASSWORD, server=SERVER, timeout=1_000)

    def write_plan(self, plan: MarketPlan) -> None:
        """Another market; the account is settled up to its present."""
        book = self.hands.broker.book
        with book.transaction():
            book.write_plan(plan)
            account = book.account(LOGIN)
            assert account is not None
            settled = plan.broker_ms(time.time())
            book.write_account(replace(account, settled_msc=settled, revision=account.revision + 1))

    def start_at(self, utc: float, *, always_open: bool = True, shocks: tuple[Shock, ...] = ()) -> None:
        """A market whose clock stands at `utc` now and goes on from there."""
        now = time.time()
        self.write_plan(
            MarketPlan(seed=7, started=now, shift_s=utc - now, always_open=always_open, shocks=shocks)
        )

    def pass_time(self, seconds: float) -> None:
        self.hands.advance(seconds)


def market_order(symbol: str, order_type: int, volume: float, **fields: Any) -> dict[str, Any]:
    """A request that opens at the market, with a filling that the symbol allows."""
    filling = mt5.ORDER_FILLING_IOC if symbol in ("US30", "BTCUSD") else mt5.ORDER_FILLING_FOK
    return {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": symbol, "volume": volume, "type": order_type,
        "type_filling": filling, **fields,
    }  # fmt: skip


def sent(request: dict[str, Any], retcode: int = mt5.TRADE_RETCODE_DONE) -> Struct:
    """The result of a request that must come back with `retcode`."""
    result = mt5.order_send(request)
    assert result is not None, mt5.last_error()
    assert result.retcode == retcode, result
    return result


def opened(symbol: str, order_type: int, volume: float = 0.1, **fields: Any) -> int:
    """The ticket of a position opened at the market."""
    return int(sent(market_order(symbol, order_type, volume, **fields)).order)
