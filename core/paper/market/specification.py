"""What a broker writes about an instrument: its contract, its hours, where its simulated market lives."""

from dataclasses import dataclass

from core.mt5 import contract as mt5

FOK, IOC, BOC = 1, 2, 4  # bits of filling_mode, which are not the values of ORDER_FILLING_*
GTC, DAY, SPECIFIED, SPECIFIED_DAY = 1, 2, 4, 8  # bits of expiration_mode
MARKET, LIMIT, STOP, STOP_LIMIT, SL, TP, CLOSE_BY = 1, 2, 4, 8, 16, 32, 64  # bits of order_mode

FOREX_HOURS = ("Mon 00:05-24:00", "Tue-Thu 00:00-24:00", "Fri 00:00-23:55")


@dataclass(frozen=True, slots=True)
class Instrument:
    """One symbol's contract. `price` is where the simulated market lives, `daily_move` its usual day in %.

    Prices are in the profit currency; spread, swaps and levels in points. `depth` is how many lots there are
    at the best price, `volume_limit` how many one side may hold; 0.0 is no limit. `initial_margin` (per lot,
    in the margin currency) and `tick_size`, `tick_value` are those of futures and index contracts; 0.0 where
    the point is the tick. `real_only` symbols refuse demo accounts.

    `underlying` names the symbol whose prices this one shows with a spread of its own; `legs` the two that a
    cross is made of. `busiest_hour` is when its market is liveliest, `night_spread` by what part its spread
    is wider at midnight, narrowing until 08:00; both in broker time.
    """

    name: str
    description: str
    path: str
    base: str
    profit: str
    margin: str
    digits: int
    contract_size: float
    calc_mode: int
    volume_min: float
    volume_max: float
    volume_step: float
    price: float
    daily_move: float
    spread: int
    swap_long: float
    swap_short: float
    stops_level: int = 0
    freeze_level: int = 0
    filling_mode: int = FOK | IOC
    execution: int = mt5.SYMBOL_TRADE_EXECUTION_MARKET
    trade_mode: int = mt5.SYMBOL_TRADE_MODE_FULL
    order_mode: int = MARKET | LIMIT | STOP | STOP_LIMIT | SL | TP | CLOSE_BY
    expiration_mode: int = GTC | DAY | SPECIFIED | SPECIFIED_DAY
    triple_swap_day: int = mt5.DAY_OF_WEEK_WEDNESDAY
    depth: float = 0.0
    volume_limit: float = 0.0
    initial_margin: float = 0.0
    tick_size: float = 0.0
    tick_value: float = 0.0
    real_only: bool = False
    exchange: str = ""
    isin: str = ""
    sessions: tuple[str, ...] = FOREX_HOURS
    underlying: str = ""
    legs: tuple[str, ...] = ()
    busiest_hour: float = 16.0
    night_spread: float = 0.25

    @property
    def point(self) -> float:
        return float(1 / 10**self.digits)

    @property
    def traded(self) -> bool:
        """Whether it has last prices and volumes, as on an exchange, and not only quotes."""
        return self.execution == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE

    def priced(self, points: int) -> float:
        """The price that so many points are, as the nearest float to its decimal form."""
        return float(points / 10**self.digits)

    def rounded(self, price: float) -> float:
        return round(price, self.digits)
