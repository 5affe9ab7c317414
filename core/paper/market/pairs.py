"""The currency pairs of the paper broker."""

from dataclasses import replace

from core.mt5 import contract as mt5
from core.paper.market.specification import FOK, Instrument


def forex(
    name: str,
    description: str,
    price: float,
    daily_move: float,
    spread: int,
    swaps: tuple[float, float],
    digits: int = 5,
    stops_level: int = 0,
    legs: tuple[str, ...] = (),
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
        depth=250.0,
        legs=legs,
    )


EURUSD = forex("EURUSD", "Euro vs US Dollar", 1.1580, 0.45, 8, (-7.2, 3.1))
GBPUSD = forex("GBPUSD", "Great Britain Pound vs US Dollar", 1.3140, 0.5, 11, (-4.1, -1.2))
USDJPY = forex("USDJPY", "US Dollar vs Japanese Yen", 155.20, 0.55, 10, (6.4, -15.3), digits=3)

OTHERS = (
    forex("USDCHF", "US Dollar vs Swiss Franc", 0.8050, 0.5, 12, (4.9, -11.2)),
    # Instant execution: the dealer fills at the price asked for, or requotes.
    replace(
        forex("USDCAD", "US Dollar vs Canadian Dollar", 1.4010, 0.4, 14, (2.2, -7.6), stops_level=20),
        execution=mt5.SYMBOL_TRADE_EXECUTION_INSTANT,
        filling_mode=FOK,
        freeze_level=10,
    ),
    replace(
        forex("AUDUSD", "Australian Dollar vs US Dollar", 0.6540, 0.6, 9, (-1.9, -0.8)),
        busiest_hour=10.0,
        night_spread=0.1,
    ),
    replace(
        forex("USDTRY", "US Dollar vs Turkish Lira", 47.9, 0.35, 1_900, (-4_650.0, 1_480.0), stops_level=100),
        path="Forex Exotic\\USDTRY",
        calc_mode=mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE,
        volume_max=20.0,
        depth=5.0,
        night_spread=1.5,
    ),
    replace(
        forex("USDRUB", "US Dollar vs Russian Ruble (close only)", 81.4, 0.9, 21_000, (-6_100.0, -900.0)),
        path="Forex Exotic\\USDRUB",
        trade_mode=mt5.SYMBOL_TRADE_MODE_CLOSEONLY,
        depth=2.0,
        sessions=("Mon-Fri 09:00-18:45",),
    ),
    forex(
        "EURJPY", "Euro vs Japanese Yen", 179.72, 0.7, 14, (1.1, -9.7), digits=3, legs=("EURUSD", "USDJPY")
    ),
    replace(
        forex(
            "GBPJPY", "Great Britain Pound vs Japanese Yen", 203.93, 0.75, 21, (7.8, -19.9), digits=3,
            stops_level=15, legs=("GBPUSD", "USDJPY"),
        ),
        freeze_level=5,
    ),
    forex("EURGBP", "Euro vs Great Britain Pound", 0.8813, 0.65, 11, (-4.4, 0.9), legs=("EURUSD", "GBPUSD")),
    replace(
        EURUSD,
        name="EURUSD.r",
        description="Euro vs US Dollar, raw spread",
        path="Forex Raw\\EURUSD.r",
        spread=2,
        underlying="EURUSD",
    ),
)  # fmt: skip
"""All but the three that Market Watch begins with."""
