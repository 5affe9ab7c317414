"""What the paper broker offers: contract specifications of its instruments.

Figures are those that retail brokers publish; volatility and spread are typical of late 2026. Prices are in
the profit currency, spreads and levels in points.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.mt5 import contract as mt5

FOK, IOC = 1, 2  # bits of filling_mode, which are not the values of ORDER_FILLING_*


@dataclass(frozen=True, slots=True)
class Instrument:
    """One symbol's contract. `price` is where the simulated market lives, `daily_move` its usual day in %.

    `depth` is how many lots there are at the best price, `volume_limit` how many one side may hold; 0.0 is
    no limit. `initial_margin` (per lot, in the margin currency) and `tick_size`, `tick_value` are those of
    futures; 0.0 where the point is the tick. `real_only` symbols refuse demo accounts.
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
    order_mode: int = 127
    expiration_mode: int = 15
    weekends: bool = False
    triple_swap_day: int = mt5.DAY_OF_WEEK_WEDNESDAY
    depth: float = 0.0
    volume_limit: float = 0.0
    initial_margin: float = 0.0
    tick_size: float = 0.0
    tick_value: float = 0.0
    real_only: bool = False

    @property
    def point(self) -> float:
        return float(1 / 10**self.digits)

    def priced(self, points: int) -> float:
        """The price that so many points are, as the nearest float to its decimal form."""
        return float(points / 10**self.digits)

    def rounded(self, price: float) -> float:
        return round(price, self.digits)


def forex(
    name: str,
    description: str,
    price: float,
    daily_move: float,
    spread: int,
    swaps: tuple[float, float],
    digits: int = 5,
    stops_level: int = 0,
) -> Instrument:
    """A currency pair as brokers usually specify one; `swaps` in points, long and short."""
    return Instrument(
        name=name,
        description=description,
        path=f"Forex\\{name}",
        base=name[:3],
        profit=name[3:],
        margin=name[:3],
        digits=digits,
        contract_size=100_000.0,
        calc_mode=mt5.SYMBOL_CALC_MODE_FOREX,
        volume_min=0.01,
        volume_max=100.0,
        volume_step=0.01,
        price=price,
        daily_move=daily_move,
        spread=spread,
        swap_long=swaps[0],
        swap_short=swaps[1],
        stops_level=stops_level,
    )


_ALL = (
    forex("EURUSD", "Euro vs US Dollar", 1.1580, 0.45, 8, (-7.2, 3.1)),
    forex("GBPUSD", "Great Britain Pound vs US Dollar", 1.3140, 0.5, 11, (-4.1, -1.2)),
    forex("USDJPY", "US Dollar vs Japanese Yen", 155.20, 0.55, 10, (6.4, -15.3), digits=3),
    Instrument(
        name="XAUUSD",
        description="Gold vs US Dollar",
        path="Metals\\XAUUSD",
        base="XAU",
        profit="USD",
        margin="XAU",
        digits=2,
        contract_size=100.0,
        calc_mode=mt5.SYMBOL_CALC_MODE_CFDLEVERAGE,
        volume_min=0.01,
        volume_max=50.0,
        volume_step=0.01,
        price=4080.0,
        daily_move=1.1,
        spread=18,
        swap_long=-48.5,
        swap_short=24.1,
        stops_level=10,
    ),
    Instrument(
        name="US30",
        description="Wall Street 30 Index",
        path="Indices\\US30",
        base="USD",
        profit="USD",
        margin="USD",
        digits=1,
        contract_size=1.0,
        calc_mode=mt5.SYMBOL_CALC_MODE_CFDLEVERAGE,
        volume_min=0.1,
        volume_max=250.0,
        volume_step=0.1,
        price=46_500.0,
        daily_move=0.9,
        spread=24,
        swap_long=-82.0,
        swap_short=31.0,
        stops_level=20,
        filling_mode=IOC,
        triple_swap_day=mt5.DAY_OF_WEEK_FRIDAY,
    ),
    Instrument(
        name="BTCUSD",
        description="Bitcoin vs US Dollar",
        path="Crypto\\BTCUSD",
        base="BTC",
        profit="USD",
        margin="BTC",
        digits=2,
        contract_size=1.0,
        calc_mode=mt5.SYMBOL_CALC_MODE_CFDLEVERAGE,
        volume_min=0.01,
        volume_max=20.0,
        volume_step=0.01,
        price=86_500.0,
        daily_move=2.6,
        spread=1_450,
        swap_long=-2_400.0,
        swap_short=-1_100.0,
        filling_mode=IOC,
        weekends=True,
    ),
)

INSTRUMENTS: Final[Mapping[str, Instrument]] = {spec.name: spec for spec in _ALL}
"""Symbol to its contract, in the order of Market Watch."""
