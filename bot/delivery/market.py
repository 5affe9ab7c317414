"""What cards want to know of the market: a chart and a pip. Nice to have, so never waited for long."""

import asyncio
from collections.abc import Awaitable
from decimal import Decimal
from typing import TypeVar

import structlog

from bot.context import App
from bot.views.card import chart_levels, chart_title
from core.model.accounts import Account
from core.model.errors import DeskError
from core.model.ids import AccountId
from core.model.signals import Signal
from core.mt5.contract import TIMEFRAME_M5
from core.mt5.errors import TerminalError
from core.naming import broker_symbol

log = structlog.get_logger(__name__)

PATIENCE_S = 3.0
BARS = 120

T = TypeVar("T")


async def if_soon(what: str, wanted: Awaitable[T], within_s: float = PATIENCE_S) -> T | None:
    """The result, or None when the terminal or the renderer fails or takes longer than `within_s`."""
    try:
        async with asyncio.timeout(within_s):
            return await wanted
    except (TerminalError, DeskError, TimeoutError) as error:
        log.info("card.without", what=what, error=str(error) or type(error).__name__)
        return None


async def signal_chart(app: App, signal: Signal, account: Account) -> bytes:
    """A PNG of the last candles with the signal's levels. Raises TerminalError or ChartFailed."""
    session = await app.desk.terminals.session(account.id)
    symbol = await broker_symbol(app.desk, account, signal.instrument)
    instrument = await session.instrument(symbol)
    bars = await session.bars(symbol, TIMEFRAME_M5, BARS)
    return await app.charts.candles(bars, chart_title(signal), chart_levels(signal), instrument.digits)


class Pips:
    """The size of a pip by account and symbol; asked once, it does not change."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[tuple[AccountId, str], Decimal] = {}

    async def of(self, account: AccountId, symbol: str) -> Decimal | None:
        """None when the terminal cannot be asked now."""
        if (account, symbol) not in self._known:
            pip = await if_soon("pip", self._ask(account, symbol))
            if pip is None:
                return None
            self._known[account, symbol] = pip
        return self._known[account, symbol]

    async def _ask(self, account: AccountId, symbol: str) -> Decimal:
        session = await self._app.desk.terminals.session(account)
        return (await session.instrument(symbol)).pip
