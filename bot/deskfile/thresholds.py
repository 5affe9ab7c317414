"""The desk file's thresholds of reconciliation: for the desk, an instrument, an account, and both."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from bot.deskfile.entries import Entry, Shown
from core.model.thresholds import Overrides, Rules

Instrument = Annotated[Shown, Field(min_length=1, max_length=32)]
_Pips = Annotated[Decimal, Field(ge=0, le=1_000_000)]
_SMALLEST_PIP = Decimal("1e-10")
"""Finer than any broker quotes, and coarse enough that every price counted in it is an exact decimal."""


class OverridesEntry(Entry):
    """`[reconciliation]`: differences up to these are not told. What is left out is as it is elsewhere."""

    slippage_pips: _Pips | None = Field(
        default=None, description="between the price wanted and the one filled"
    )
    volume_percent: Decimal | None = Field(
        default=None, ge=0, le=1_000_000, description="between the volume expected and the one held"
    )
    stops_pips: _Pips | None = Field(
        default=None, description="between a stop loss or take profit expected and the one set"
    )

    def overrides(self) -> Overrides:
        return Overrides(self.slippage_pips, self.volume_percent, self.stops_pips)


class InstrumentEntry(OverridesEntry):
    """`[instruments.NAME]`, by the desk's own name."""

    pip: Decimal | None = Field(
        default=None,
        ge=_SMALLEST_PIP,
        le=1_000_000,
        description="how large a pip of the instrument is, where its digits mislead",
    )


class AccountRulesEntry(OverridesEntry):
    """`[accounts.reconciliation]`: what holds on one account, before the desk's."""

    instruments: dict[Instrument, OverridesEntry] = Field(default_factory=dict)

    def rules(self) -> Rules:
        return rules_of(self, self.instruments)


def rules_of(general: OverridesEntry, instruments: Mapping[str, OverridesEntry]) -> Rules:
    """An instrument of which only the pip is said has no thresholds of its own."""
    named = {name: entry.overrides() for name, entry in instruments.items()}
    return Rules(general.overrides(), {name: said for name, said in named.items() if said.given})
