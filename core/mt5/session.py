"""One account at its terminal, typed: what it holds, what things cost, and orders sent to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self

from core.model.instruments import Instrument
from core.model.mt5 import (
    Bar,
    CheckResult,
    MT5AccountSnapshot,
    MT5AccountState,
    MT5Deal,
    MT5Order,
    MT5Position,
    Quote,
    SendResult,
)
from core.model.symbols import instrument_of
from core.mt5 import reading, symbols
from core.mt5.calls import Call
from core.mt5.connection import Connection
from core.mt5.errors import NoData, Unknown
from core.mt5.feed import TICK
from core.mt5.probe import Probe

_PAST_NOW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that was checked, and sent if it passed: `sent` is None when it certainly was not."""

    check: CheckResult
    sent: SendResult | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an account shows of a time, read in one go: where the outcome of an order is looked up."""

    account: MT5AccountState
    positions: tuple[MT5Position, ...]
    orders: tuple[MT5Order, ...]
    history: tuple[MT5Order, ...]
    deals: tuple[MT5Deal, ...]


class Session:
    """An async context manager over a connection, which it owns; connects with the first call.

    Every method raises TerminalError as `Connection.verified` does. A price older than `max_quote_age_s`
    is not given out. `pips` are the sizes that the desk has set for instruments, by symbol or usual name.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        max_quote_age_s: float = 60.0,
        pips: Mapping[str, Decimal] | None = None,
    ) -> None:
        self.connection = connection
        self._time = connection.time
        self._clock = connection.clock
        self._max_quote_age_s = max_quote_age_s
        self._pips = pips or {}
        self._began: tuple[datetime, float] | None = None

    async def __aenter__(self) -> Self:
        await self.connection.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Leave the terminal in order and end its worker."""
        await self.connection.aclose()

    async def connect(self) -> None:
        """Log in now; raises AuthenticationFailed, or Unavailable with the reason."""
        await self.connection.connect()

    async def probe(self) -> Probe:
        """What the terminal is like now, in one round trip; tells of TerminalErrors and raises none.

        Connects first if need be (which may take minutes and is no part of the measured round trip).
        """
        return await self.connection.diagnose()

    def feed_age(self) -> timedelta | None:
        """How old the newest tick is that was read in passing; None before one was."""
        return self.connection.feed.age(self._clock.now())

    @property
    def time_is_proven(self) -> bool:
        """Whether the broker's time, and so the age of prices, is more than a guess by one tick."""
        return self._time.proven

    def broker_day(self) -> date | None:
        """The date on the broker's clock, None while its time is unknown."""
        return self._time.day(self._now_for_certain())

    def _now_for_certain(self) -> datetime:
        """Now, as far as a tick, or the seconds that have passed, bear it out: one may set a clock ahead."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        began, began_s = self._began = self._began or (now, now_s)
        passed = min(now, began + timedelta(seconds=now_s - began_s))
        return max(passed, self._time.newest or passed)

    def broker_midnight(self) -> datetime | None:
        """When that day began."""
        day = self.broker_day()
        if day is None:
            return None
        return self._time.from_seconds(datetime.combine(day, time(), UTC).timestamp())

    async def account(self) -> MT5AccountState:
        terminal, account = await self.connection.verified(with_feed=True)
        return reading.account(account.result, terminal.result, self._clock.now())

    async def snapshot(self) -> MT5AccountSnapshot:
        """Account, positions and pending orders of one moment."""
        calls = Call("positions_get"), Call("orders_get")
        terminal, account, positions, orders = await self.connection.verified(*calls, with_feed=True)
        return MT5AccountSnapshot(
            reading.account(account.result, terminal.result, self._clock.now()),
            self._positions(positions.result),
            self._orders(orders.result),
        )

    async def positions(self) -> tuple[MT5Position, ...]:
        return self._positions((await self.connection.verified(Call("positions_get")))[-1].result)

    async def orders(self) -> tuple[MT5Order, ...]:
        """Pending orders."""
        return self._orders((await self.connection.verified(Call("orders_get")))[-1].result)

    async def find_symbol(self, instrument: str) -> str:
        """The broker's name for an instrument, found once for a connection.

        Its own name if that can be traded, else the one symbol that bears one of its names, with a prefix
        or suffix perhaps. Raises NoData, naming the candidates, for none or several: never a guess.
        """
        names = self.connection.names
        if instrument not in names:
            names[instrument] = await symbols.find(self.connection, instrument)
        return names[instrument]

    async def quote(self, symbol: str) -> Quote:
        """Best prices now. Raises NoData for an unknown symbol and for a price that is too old to act on."""
        quote = await self.last_quote(symbol)
        if not self._is_current(quote):
            raise self._no_price(quote, "of now")
        return quote

    async def last_quote(self, symbol: str) -> Quote:
        """The last prices, however old: enough to close at the market by. Raises NoData without any."""
        tick = await self.connection.of_symbol(symbol, Call("symbol_info_tick", (symbol,)))
        quote = self._quote(symbol, tick)
        if not (quote.bid and quote.ask):
            raise self._no_price(quote, "a price")
        return quote

    async def quotes(self, wanted: Iterable[str]) -> dict[str, Quote]:
        """Best prices now by symbol, in one round trip; without those that `quote` would refuse."""
        ticks = await self.connection.of_symbols(wanted, TICK)
        quotes = {symbol: self._quote(symbol, tick) for symbol, tick in ticks.items()}
        return {symbol: quote for symbol, quote in quotes.items() if self._is_current(quote)}

    async def last_quotes(self, wanted: Iterable[str]) -> dict[str, Quote]:
        """The last prices by symbol as the terminal shows them, however old or odd, in one round trip.

        Raises NoData while the broker's time is unknown: nobody could tell how old they are.
        """
        ticks = await self.connection.of_symbols(wanted, TICK)
        quotes = {symbol: self._quote(symbol, tick) for symbol, tick in ticks.items()}
        if not self._time.known:
            raise NoData("the broker's time is not known yet", context=self.connection.context(TICK))
        return quotes

    async def instrument(self, symbol: str) -> Instrument:
        """The contract of a symbol, with the tick value of this moment."""
        info = await self.connection.of_symbol(symbol, Call("symbol_info", (symbol,)))
        return self._contract(symbol, info)

    async def contracts(self, symbols: Iterable[str]) -> dict[str, Instrument]:
        """Contracts by symbol, without those that the broker does not offer; new ones in one round trip.

        As they were first read over this connection: what hardly changes (digits, pip) may be relied on, the
        tick value may be old.
        """
        known = self.connection.contracts
        wanted = dict.fromkeys(symbols)
        if new := [symbol for symbol in wanted if symbol not in known]:
            infos = await self.connection.of_symbols(new, "symbol_info")
            known |= {symbol: self._contract(symbol, info) for symbol, info in infos.items()}
        return {symbol: known[symbol] for symbol in wanted if symbol in known}

    async def bars(self, symbol: str, timeframe: int, count: int) -> tuple[Bar, ...]:
        """The last `count` candles, the forming one last. `timeframe` is one of TIMEFRAME_*."""
        call = Call("copy_rates_from_pos", (symbol, timeframe, 0, count))
        rows = await self.connection.of_symbol(symbol, call)
        return reading.bars(rows, self._time)

    async def deals_since(self, when: datetime) -> tuple[MT5Deal, ...]:
        """Deals from `when` to the newest, balance operations among them.

        Raises NoData while the broker's time is unknown, too: hours could be missed.
        """
        await self._check_time()
        answers = await self.connection.verified(self._history("history_deals_get", when))
        return tuple(reading.deal(struct, self._time) for struct in answers[-1].result)

    async def deals_of(self, positions: Iterable[int]) -> dict[int, tuple[MT5Deal, ...]]:
        """All deals of each position, by its identifier, however old it is; in one round trip.

        Raises NoData while the broker's time is unknown.
        """
        await self._check_time()
        wanted = tuple(dict.fromkeys(positions))
        calls = [Call("history_deals_get", kwargs={"position": position}) for position in wanted]
        _, _, *answers = await self.connection.verified(*calls)
        return {
            position: tuple(reading.deal(struct, self._time) for struct in answer.result)
            for position, answer in zip(wanted, answers, strict=True)
        }

    async def _check_time(self) -> None:
        """Raises NoData while the broker's time cannot be told."""
        if not self._time.known:
            await self.connection.verified(with_feed=True)
        if not self._time.known:
            context = self.connection.context("history_deals_get")
            sentence = "The broker's clock cannot be told yet, so its history cannot be read."
            raise NoData("the broker's time is not known yet", context=context, for_trader=sentence)

    async def evidence(self, since: datetime) -> Evidence:
        """Positions, orders, and the history from `since` at the latest, of one moment."""
        terminal, account, positions, orders, history, deals = await self.connection.verified(
            Call("positions_get"),
            Call("orders_get"),
            self._history("history_orders_get", since),
            self._history("history_deals_get", since),
        )
        return Evidence(
            reading.account(account.result, terminal.result, self._clock.now()),
            self._positions(positions.result),
            self._orders(orders.result),
            self._orders(history.result),
            tuple(reading.deal(struct, self._time) for struct in deals.result),
        )

    # Trading

    async def check(self, request: Mapping[str, Any]) -> CheckResult:
        """What the broker would say, and the margin it would take."""
        answers = await self.connection.verified(Call("order_check", (dict(request),)))
        return reading.check_result(answers[-1].result, answers[1].result)

    async def check_and_send(self, request: Mapping[str, Any]) -> Checked:
        """Check, and send once if the check passes, with nothing in between: one round trip.

        Raises as `send` does. A request that does not pass has not been sent.
        """
        order = dict(request)
        passes = Call("order_check", (order,), expect={"retcode": 0})
        answers = await self.connection.verified(passes, Call("order_send", (order,)))
        was_sent = len(answers) > 3
        try:
            check = reading.check_result(answers[2].result, answers[1].result)
            return Checked(check, reading.send_result(answers[3].result) if was_sent else None)
        except NoData as error:
            if was_sent:
                raise self._answered(error) from error
            raise

    async def send(self, request: Mapping[str, Any]) -> SendResult:
        """Send once; take the retcode by `retcodes.verdict_of`.

        Raises Unknown when it may have gone out; Unavailable, Refused or Misuse when it certainly did not.
        """
        answers = await self.connection.verified(Call("order_send", (dict(request),)))
        try:
            return reading.send_result(answers[-1].result)
        except NoData as error:
            raise self._answered(error) from error

    def _answered(self, error: NoData) -> Unknown:
        """The broker has answered with a number that is none: the order may be in the market."""
        return Unknown(error.detail, context=self.connection.context("order_send"))

    def _contract(self, symbol: str, info: reading.Struct) -> Instrument:
        instrument = reading.instrument(info)
        name = instrument_of(symbol, self._pips)
        return replace(instrument, pip_size=self._pips[name]) if name in self._pips else instrument

    def _positions(self, structs: Iterable[reading.Struct]) -> tuple[MT5Position, ...]:
        return tuple(reading.position(struct, self._time) for struct in structs)

    def _orders(self, structs: Iterable[reading.Struct]) -> tuple[MT5Order, ...]:
        return tuple(reading.order(struct, self._time) for struct in structs)

    def _quote(self, symbol: str, tick: reading.Struct) -> Quote:
        now = self._clock.now()
        self._time.observe(symbol, tick["time_msc"], now)
        return reading.quote(symbol, tick, self._time, now)

    def _is_current(self, quote: Quote) -> bool:
        age_s = (quote.read_at - quote.at).total_seconds()
        return self._time.known and age_s <= self._max_quote_age_s and bool(quote.bid and quote.ask)

    def _no_price(self, quote: Quote, what: str) -> NoData:
        return NoData(
            f"the last price of {quote.symbol} is not {what} ({quote.at})",
            context=self.connection.context("symbol_info_tick"),
            for_trader=f"There is no current price of {quote.symbol}; its market may be closed.",
        )

    def _history(self, function: str, since: datetime) -> Call:
        """A history call; its end lies past now, or the newest deals of the broker's clock are missed."""
        if not self._time.known:
            since -= _PAST_NOW
        until = self._clock.now() + _PAST_NOW
        return Call(function, (self._time.to_seconds(since), self._time.to_seconds(until)))
