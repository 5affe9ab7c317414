"""Every symbol of a broker under one plan: which course each has, and what moves it."""

from collections.abc import Callable

from core.paper.market.calendar import ALWAYS, week
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.plan import MarketPlan
from core.paper.market.quotes import Quote, Spread, SymbolMarket
from core.paper.market.replay import Replay
from core.paper.market.replayed import Replayed
from core.paper.market.shocks import Shocks
from core.paper.market.spread import ReplayedSpread, UsualSpread
from core.paper.market.walk import Course, Cross, Walk

Load = Callable[[str], bytes | None]
"""Gives the packed bars of a digest; None if there are none."""


def _nothing_kept(_: str) -> bytes | None:
    return None


class _Symbols(dict[str, SymbolMarket]):
    """Symbol to its market, made when it is first asked for."""

    def __init__(self, made: Callable[[str], SymbolMarket]) -> None:
        self._made = made

    def __missing__(self, symbol: str) -> SymbolMarket:
        self[symbol] = self._made(symbol)
        return self[symbol]


class Market:
    """Symbols and their quotes. The bars of replays come through `load`."""

    def __init__(self, plan: MarketPlan, load: Load = _nothing_kept) -> None:
        self.plan = plan
        self.symbols = _Symbols(self._symbol)
        self._load = load
        self._courses: dict[str, Course] = {}
        self._shocks = [(self._leader(shock.symbol), shock) for shock in plan.shocks]

    def quote(self, symbol: str, time_ms: int) -> Quote:
        """The symbol's last tick at or before a time (broker ms). Raises KeyError for an unknown symbol."""
        return self.symbols[symbol].quote(time_ms)

    def _symbol(self, symbol: str) -> SymbolMarket:
        powers = self._powers(symbol)
        moves = [(shock, powers[leader]) for leader, shock in self._shocks if leader in powers]
        shocks = Shocks(moves, self.plan.utc_offset_s)
        return SymbolMarket(INSTRUMENTS[symbol], self._course(symbol), self._spread(symbol), shocks)

    # -- whose prices a symbol shows

    def _sources(self, symbol: str) -> tuple[str, ...]:
        """The symbols that this one's price is made of; none if it has a course of its own."""
        spec = INSTRUMENTS[symbol]
        if symbol in self.plan.replays:
            return ()
        return (spec.underlying,) if spec.underlying else spec.legs

    def _leader(self, symbol: str) -> str:
        """The symbol that must move for this one to move."""
        while sources := self._sources(symbol):
            symbol = sources[0]
        return symbol

    def _powers(self, symbol: str) -> dict[str, int]:
        """With which power each symbol that has a course of its own counts in this one's price."""
        sources = self._sources(symbol)
        if not sources:
            return {symbol: 1}
        powers = self._powers(sources[0])
        if len(sources) > 1:
            sign = -1 if _divided(symbol) else 1
            powers |= {leader: sign * power for leader, power in self._powers(sources[1]).items()}
        return powers

    # -- what it is made of

    def _course(self, symbol: str) -> Course:
        if symbol not in self._courses:
            self._courses[symbol] = self._made(symbol)
        return self._courses[symbol]

    def _made(self, symbol: str) -> Course:
        spec, sources = INSTRUMENTS[symbol], self._sources(symbol)
        if symbol in self.plan.replays:
            return Replayed(self._replay(symbol), 10**spec.digits, self.plan.seed)
        if len(sources) == 2:
            legs = self._course(sources[0]), self._course(sources[1])
            return Cross(spec, self.plan.seed, legs, divided=_divided(symbol))
        if sources:
            return self._course(sources[0])
        return Walk(spec, self.plan.seed, week(ALWAYS if self.plan.always_open else spec.sessions))

    def _replay(self, symbol: str) -> Replay:
        packed = self._load(self.plan.replays[symbol])
        if packed is None:
            raise LookupError(f"the bars that {symbol} should replay are not in the broker's book")
        return Replay.unpack(packed)

    def _spread(self, symbol: str) -> Spread:
        usual, course = UsualSpread(INSTRUMENTS[symbol], self.plan.seed), self._course(symbol)
        if symbol in self.plan.replays and isinstance(course, Replayed):
            return ReplayedSpread(course, usual)
        return usual


def _divided(cross: str) -> bool:
    """Whether a cross is its first leg over its second (EURUSD / GBPUSD), not their product."""
    first, second = (INSTRUMENTS[leg] for leg in INSTRUMENTS[cross].legs)
    return first.profit == second.profit
