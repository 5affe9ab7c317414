"""How large a difference is told: for the desk, for an instrument, for an account, for both."""

from dataclasses import dataclass, field, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Differences up to these are not worth telling: pips, percent, pips."""

    slippage_pips: Decimal = Decimal("5")
    volume_percent: Decimal = Decimal("10")
    stops_pips: Decimal = Decimal("10")


@dataclass(frozen=True, slots=True)
class Overrides:
    """Thresholds that are said otherwise; None for those that are not."""

    slippage_pips: Decimal | None = None
    volume_percent: Decimal | None = None
    stops_pips: Decimal | None = None

    @property
    def given(self) -> dict[str, Decimal]:
        named = {name.name: getattr(self, name.name) for name in fields(self)}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Rules:
    """What is said in general, and of instruments by the desk's own names."""

    general: Overrides = field(default_factory=Overrides)
    instruments: dict[str, Overrides] = field(default_factory=dict)

    def of(self, instrument: str) -> Overrides:
        return self.instruments.get(instrument, Overrides())


def thresholds_of(instrument: str, desk: Rules, account: Rules) -> Thresholds:
    """What holds for an instrument on an account.

    What is said of an instrument goes before what is said in general; of the account, before the desk's.
    """
    said = (desk.general, account.general, desk.of(instrument), account.of(instrument))
    found: dict[str, Decimal] = {}
    for overrides in said:
        found |= overrides.given
    return Thresholds(**found)
