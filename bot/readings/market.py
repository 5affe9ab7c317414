"""What cards want to know of the market: a chart. Nice to have, so never waited for long."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import structlog

from bot.buttons.cards import Timeframe
from bot.context import App
from bot.views.cards.card import chart_levels, chart_title
from core.model.accounts import Account
from core.model.errors import DeskError
from core.model.signals import Signal
from core.mt5.contract import TIMEFRAME_H1, TIMEFRAME_H4, TIMEFRAME_M5, TIMEFRAME_M15
from core.mt5.errors import TerminalError
from core.naming import broker_symbol

log = structlog.get_logger(__name__)

PATIENCE_S = 3.0
BARS = 120

TIMEFRAMES: Final = {
    Timeframe.M5: TIMEFRAME_M5,
    Timeframe.M15: TIMEFRAME_M15,
    Timeframe.H1: TIMEFRAME_H1,
    Timeframe.H4: TIMEFRAME_H4,
}

T = TypeVar("T")


async def if_soon(what: str, wanted: Awaitable[T], within_s: float = PATIENCE_S) -> T | None:
    """The result, or None when the terminal or the renderer fails or takes longer than `within_s`."""
    try:
        async with asyncio.timeout(within_s):
            return await wanted
    except (TerminalError, DeskError, TimeoutError) as error:
        log.info("card.without", what=what, error=str(error) or type(error).__name__)
        return None


async def signal_chart(
    app: App, signal: Signal, account: Account, timeframe: Timeframe = Timeframe.M5
) -> bytes:
    """A PNG of the last candles with the signal's levels. Raises TerminalError or ChartFailed."""
    session = await app.desk.terminals.session(account.id)
    symbol = await broker_symbol(app.desk, account, signal.instrument)
    instrument = await session.instrument(symbol)
    bars = await session.bars(symbol, TIMEFRAMES[timeframe], BARS)
    title = chart_title(signal, timeframe)
    return await app.charts.candles(bars, title, chart_levels(signal), instrument.digits)
