"""Instruments: contract specification, pip size, rounding to what a broker takes."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.model.symbols import INDEX_NAMES, bare


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """+1 for buy, -1 for sell."""
        return 1 if self is Side.BUY else -1

    @property
    def opposite(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY


_PIPS = {
    ("XAU", "GOLD"): Decimal("0.1"),
    ("XAG", "SILVER"): Decimal("0.01"),
    ("BTC", "BITCOIN", "ETH", "NAS", "GER", *INDEX_NAMES): Decimal(1),
}


@dataclass(frozen=True, slots=True)
class Instrument:
    """A symbol's contract as the broker reports it (`symbol_info`).

    `tick_value` is the loss of one lot per `tick_size`, in the account's currency. Volumes are lots.
    `filling_mode`, `execution_mode`, `trade_mode` are MetaTrader's own numbers, `order_mode` and
    `expiration_mode` its bits. `volume_limit` bounds the lots of one side, 0 for no limit. `base` and
    `profit` are its currencies, in capitals as a rule.
    """

    symbol: str
    digits: int
    point: Decimal
    tick_size: Decimal
    tick_value: Decimal
    contract_size: Decimal
    volume_min: Decimal
    volume_max: Decimal
    volume_step: Decimal
    stops_level_points: int
    freeze_level_points: int
    filling_mode: int
    execution_mode: int
    trade_mode: int
    description: str = ""
    order_mode: int = 127
    expiration_mode: int = 15
    volume_limit: Decimal = Decimal(0)
    pip_size: Decimal | None = None
    base: str = ""
    profit: str = ""

    @property
    def pip(self) -> Decimal:
        """The size of a pip as sources count it: 0.1 for gold, 0.01 for silver, 1 for indices and crypto.

        Else ten points where the broker quotes a fractional digit (3 or 5), and a point where it does not.
        What the desk has set as `pip_size` goes before all of that.
        """
        if self.pip_size is not None:
            return self.pip_size
        for names, size in _PIPS.items():
            if bare(self.symbol).startswith(names):
                return size
        return self.point * 10 if self.digits in (3, 5) else self.point

    def round_price(self, price: Decimal) -> Decimal:
        """`price` to the symbol's digits."""
        return price.quantize(Decimal(1).scaleb(-self.digits), rounding=ROUND_HALF_UP)

    def round_volume(self, lots: Decimal) -> Decimal:
        """`lots` down to the volume step and at most the broker's maximum; 0 when below the minimum."""
        steps = (min(lots, self.volume_max) / self.volume_step).to_integral_value(rounding=ROUND_DOWN)
        volume = steps * self.volume_step
        return volume if volume >= self.volume_min else Decimal(0)

    def loss_per_lot(self, distance: Decimal) -> Decimal:
        """What one lot loses when the price moves by `distance` against it, in account currency."""
        return abs(distance) / self.tick_size * self.tick_value

    def pips(self, distance: Decimal) -> Decimal:
        """A price distance in pips, to a tenth, with its sign."""
        return (distance / self.pip).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
