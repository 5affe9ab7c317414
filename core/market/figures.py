"""What is usual of a symbol at a broker's server: its move, spread and sessions. Shared by its accounts."""

from datetime import datetime, timedelta
from decimal import Decimal

import structlog

from core.market.gap import Scale, is_sane
from core.market.resting import Sessions
from core.market.spread import UsualSpread
from core.market.usual import MINUTES, usual_minute
from core.model.instruments import Instrument
from core.model.mt5 import Quote
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.mt5.session import Session

log = structlog.get_logger(__name__)

_MOVES_EVERY = timedelta(minutes=5)
_SESSIONS_EVERY = timedelta(hours=6)
_AGAIN = timedelta(minutes=1)
_HALF_HOURS = 700
_LEAST_SPREAD_PIPS = Decimal("0.5")


class Figures:
    """Of one symbol. What the bars tell is read again now and then, by whichever account looks first."""

    def __init__(self, symbol: str, now: datetime) -> None:
        self.symbol = symbol
        self.sessions = Sessions.of_currencies(now)
        self._spread = UsualSpread()
        self._minute: float | None = None
        self._moves_due = self._sessions_due = now

    async def refresh(self, session: Session, now: datetime) -> None:
        """Read the bars if it is time. Without them what was known holds, and they are tried again."""
        try:
            if now >= self._moves_due:
                self._moves_due = now + _AGAIN
                bars = await session.bars(self.symbol, mt5.TIMEFRAME_M1, MINUTES + 1)
                self._minute = usual_minute(bars) or self._minute
                self._moves_due = now + _MOVES_EVERY
            if now >= self._sessions_due:
                self._sessions_due = now + _AGAIN
                bars = await session.bars(self.symbol, mt5.TIMEFRAME_M30, _HALF_HOURS)
                self.sessions = Sessions.of_bars(bars, now) or self.sessions
                self._sessions_due = now + _SESSIONS_EVERY
        except TerminalError as error:
            log.info("bars_not_read", symbol=self.symbol, error=str(error))

    def learn(self, quote: Quote, now: datetime) -> None:
        """From a quote of now."""
        if is_sane(quote):
            self._spread.learn(quote.ask - quote.bid, now)

    def spread(self, instrument: Instrument) -> Decimal | None:
        """The usual one in the price's unit, None until it is known. Less than half a pip counts as that:
        many times next to nothing is no danger.
        """
        usual = self._spread.median
        return None if usual is None else max(usual, instrument.pip * _LEAST_SPREAD_PIPS)

    def scale(self, quote: Quote, instrument: Instrument) -> Scale:
        spread = self.spread(instrument)
        if spread is None or not is_sane(quote):
            return Scale(self._minute)
        return Scale(self._minute, float(spread / quote.bid) * 100)
