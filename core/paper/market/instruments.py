"""What the paper broker offers: contract specifications of its instruments, in the order of Market Watch.

Figures are those that retail brokers publish; prices, volatility and spread are typical of late 2026.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from core.mt5 import contract as mt5
from core.paper.market.calendar import ALWAYS
from core.paper.market.pairs import EURUSD, GBPUSD, OTHERS, USDJPY
from core.paper.market.specification import (
    CLOSE_BY,
    DAY,
    GTC,
    IOC,
    SPECIFIED_DAY,
    STOP_LIMIT,
    Instrument,
)

_METAL_HOURS = ("Mon-Fri 01:00-23:55",)
_WALL_STREET_HOURS = ("Mon-Fri 01:00-23:15", "Mon-Thu 23:30-24:00")
_ALL_ORDERS = 127

_GOLD = Instrument(
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
    depth=80.0,
    sessions=_METAL_HOURS,
)

_SILVER = replace(
    _GOLD,
    name="XAGUSD",
    description="Silver vs US Dollar",
    path="Metals\\XAGUSD",
    base="XAG",
    margin="XAG",
    digits=3,
    contract_size=5_000.0,
    price=51.2,
    daily_move=1.9,
    spread=24,
    swap_long=-7.4,
    swap_short=2.8,
    depth=10.0,
)

_PLATINUM = replace(
    _GOLD,
    name="XPTUSD",
    description="Platinum vs US Dollar (real accounts only)",
    path="Metals\\XPTUSD",
    base="XPT",
    margin="XPT",
    volume_min=0.1,
    volume_step=0.1,
    price=1_560.0,
    daily_move=1.6,
    spread=310,
    swap_long=-21.0,
    swap_short=-4.0,
    depth=5.0,
    real_only=True,
)

_WALL_STREET = Instrument(
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
    depth=400.0,
    sessions=_WALL_STREET_HOURS,
)

_GERMANY = replace(
    _WALL_STREET,
    name="DE40",
    description="Germany 40 Index",
    path="Indices\\DE40",
    base="EUR",
    profit="EUR",
    margin="EUR",
    calc_mode=mt5.SYMBOL_CALC_MODE_CFDINDEX,
    volume_max=100.0,
    price=23_800.0,
    daily_move=1.0,
    spread=9,
    swap_long=-24.0,
    swap_short=4.5,
    stops_level=15,
    freeze_level=5,
    tick_size=0.1,
    tick_value=0.1,
    depth=40.0,
    sessions=("Mon-Fri 09:00-23:00",),
    busiest_hour=10.5,
    night_spread=0.0,
)

_OIL = Instrument(
    name="USOIL",
    description="Light crude oil, front-month future",
    path="Futures\\USOIL",
    base="USD",
    profit="USD",
    margin="USD",
    digits=2,
    contract_size=1_000.0,
    calc_mode=mt5.SYMBOL_CALC_MODE_FUTURES,
    volume_min=1.0,
    volume_max=100.0,
    volume_step=1.0,
    price=59.4,
    daily_move=2.1,
    spread=3,
    swap_long=0.0,
    swap_short=0.0,
    filling_mode=0,  # RETURN needs no bit: an order that is filled in part goes on working
    execution=mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE,
    order_mode=_ALL_ORDERS & ~STOP_LIMIT & ~CLOSE_BY,
    expiration_mode=DAY | SPECIFIED_DAY,
    depth=15.0,
    volume_limit=200.0,
    initial_margin=5_900.0,
    tick_size=0.01,
    tick_value=10.0,
    exchange="NYMEX",
    sessions=("Mon-Fri 01:00-24:00",),
)

_BITCOIN = Instrument(
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
    depth=25.0,
    sessions=ALWAYS,
    night_spread=0.0,
)

_ETHER = replace(
    _BITCOIN,
    name="ETHUSD",
    description="Ether vs US Dollar",
    path="Crypto\\ETHUSD",
    base="ETH",
    margin="ETH",
    volume_min=0.1,
    volume_max=200.0,
    volume_step=0.1,
    price=2_830.0,
    daily_move=3.4,
    spread=190,
    swap_long=-81.0,
    swap_short=-37.0,
    depth=60.0,
)

_APPLE = Instrument(
    name="AAPL",
    description="Apple Inc",
    path="Stocks\\AAPL",
    base="USD",
    profit="USD",
    margin="USD",
    digits=2,
    contract_size=1.0,
    calc_mode=mt5.SYMBOL_CALC_MODE_CFD,
    volume_min=1.0,
    volume_max=5_000.0,
    volume_step=1.0,
    price=268.4,
    daily_move=1.4,
    spread=4,
    swap_long=-4.6,
    swap_short=-1.2,
    order_mode=_ALL_ORDERS & ~STOP_LIMIT,
    expiration_mode=GTC | DAY,
    triple_swap_day=mt5.DAY_OF_WEEK_FRIDAY,
    depth=600.0,
    exchange="NASDAQ",
    isin="US0378331005",
    sessions=("Mon-Fri 16:30-23:00",),
    busiest_hour=17.0,
    night_spread=0.0,
)

_GAMESTOP = replace(
    _APPLE,
    name="GME",
    description="GameStop Corp (long only)",
    path="Stocks\\GME",
    trade_mode=mt5.SYMBOL_TRADE_MODE_LONGONLY,
    volume_limit=3_000.0,
    price=22.9,
    daily_move=3.8,
    spread=5,
    swap_long=-0.9,
    swap_short=-9.0,
    depth=150.0,
    exchange="NYSE",
    isin="US36467W1099",
)

_FIRST = (EURUSD, GBPUSD, USDJPY, _GOLD, _WALL_STREET, _BITCOIN)
_REST = (*OTHERS, _SILVER, _PLATINUM, _GERMANY, _OIL, _ETHER, _APPLE, _GAMESTOP)

INSTRUMENTS: Final[Mapping[str, Instrument]] = {spec.name: spec for spec in (*_FIRST, *_REST)}
"""Symbol to its contract."""
