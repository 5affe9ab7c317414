"""The ticks of a few watched symbols: they tell the broker's time and how fresh the terminal's prices are."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from core.mt5.brokertime import BrokerTime
from core.mt5.calls import Answer, Call

TICK = "symbol_info_tick"
WATCHED = 3


class Feed:
    """Knows only the ticks that were read in passing; `watch` are the symbols that are read with others."""

    def __init__(self, watch: Sequence[str]) -> None:
        self.watch = tuple(watch)[:WATCHED]
        self.time = BrokerTime()

    def calls(self) -> tuple[Call, ...]:
        """One for each watched symbol's tick; None is no failure for them."""
        return tuple(Call(TICK, (symbol,)) for symbol in self.watch)

    def learn(self, calls: Iterable[Call], answers: Iterable[Answer], now: datetime) -> None:
        """From the answers to what `calls` once gave, read at `now` from our own account's terminal.

        Meanwhile others may be watched: a login chooses them.
        """
        for call, answer in zip(calls, answers, strict=False):
            if answer.result:
                self.time.observe(call.args[0], answer.result["time_msc"], now)

    def age(self, now: datetime) -> timedelta | None:
        """How old the newest tick is that was seen; None before one was, or while the time is unknown."""
        newest = self.time.newest
        return None if newest is None else max(now - newest, timedelta(0))
