"""How many lots, and how much money stands at risk with them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from core.accounts.settings import SETTINGS, Ceilings
from core.model.accounts import RiskPolicy
from core.model.approvals import SizedBy
from core.model.errors import Refused
from core.model.instruments import Instrument

FACTORS: Final = (Decimal("0.5"), Decimal(1), Decimal(2))
"""By which a trader may scale what the settings say."""

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Size:
    """Lots as the broker takes them; `risk` is the loss at the stop in account currency, if there is one.

    `by` is the setting that they come from.
    """

    lots: Decimal
    risk: Decimal | None
    by: SizedBy = SizedBy.PERCENT

    def of(self, lots: Decimal) -> "Size":
        """So many lots instead, with their share of the risk."""
        if lots == self.lots:
            return self
        risk = self.risk and (self.risk * lots / self.lots).quantize(_CENT)
        return replace(self, lots=lots, risk=risk)


def size(
    policy: RiskPolicy, instrument: Instrument, equity: Decimal, entry: Decimal, stop: Decimal | None
) -> Size:
    """The trader's lots for a trade from `entry` with `stop`: fixed, or a share of equity at the stop.

    Raises Refused, with the numbers, when the signal has no stop though one is needed, when the smallest
    lot would risk more than the policy allows, or when no loss can be worked out (the price is at the stop,
    or the broker gives no value of a tick).
    """
    if stop is None:
        return _without_stop(policy, instrument)
    loss_per_lot = instrument.loss_per_lot(entry - stop)
    if loss_per_lot <= 0:
        raise Refused(f"The risk cannot be worked out now: {entry} with a stop at {stop}.")
    wanted = policy.fixed_lots or equity * policy.risk_percent / 100 / loss_per_lot
    lots = instrument.round_volume(min(wanted, policy.max_lots))
    if not lots:
        least = instrument.volume_min * loss_per_lot
        raise Refused(
            f"The smallest lot ({instrument.volume_min}) would risk {least:.2f},"
            f" more than your {policy.risk_percent} % of {equity:.2f}."
        )
    return Size(lots, (lots * loss_per_lot).quantize(_CENT), _setting(policy, wanted))


def scaled(whole: Size, factor: Decimal, instrument: Instrument) -> Size:
    """So many times that size, down to the volume step. Raises Refused below the smallest lot."""
    if factor == 1:
        return whole
    lots = instrument.round_volume(whole.lots * factor)
    if not lots:
        raise Refused(
            f"{(whole.lots * factor).normalize():f} lots are less than the broker's smallest lot"
            f" ({instrument.volume_min})."
        )
    return whole.of(lots)


def check_most(policy: RiskPolicy, lots: Decimal) -> None:
    """Raises Refused, with the numbers, for more lots than one trade may have."""
    if lots > policy.max_lots:
        raise Refused(f"{lots} lots are more than the {policy.max_lots} that you allow for one trade.")


def check_scaled(policy: RiskPolicy, ceilings: Ceilings, wanted: Size, factor: Decimal) -> None:
    """What the settings say is never too much; what a trader has scaled up may be, for themselves or for the
    desk. Raises Refused with the numbers."""
    if factor <= 1:
        return
    check_most(policy, wanted.lots)
    bounds = ("max_lots", "fixed_lots") if wanted.by is SizedBy.FIXED else ("max_lots",)
    most = min(ceilings.most_of(SETTINGS[bound]) for bound in bounds)
    if wanted.lots > most:
        raise Refused(f"{wanted.lots} lots are more than the {most} that the desk allows for one trade.")
    percent, most = policy.risk_percent * factor, ceilings.most_of(SETTINGS["risk_percent"])
    if wanted.by is SizedBy.PERCENT and percent > most:
        raise Refused(
            f"{percent.normalize():f} % of equity are more than the {most} % that the desk allows"
            " for one trade."
        )


def _setting(policy: RiskPolicy, wanted: Decimal) -> SizedBy:
    if wanted > policy.max_lots:
        return SizedBy.MAX_LOTS
    return SizedBy.FIXED if policy.fixed_lots else SizedBy.PERCENT


def _without_stop(policy: RiskPolicy, instrument: Instrument) -> Size:
    if not policy.allow_no_stop or policy.fixed_lots is None:
        raise Refused("This signal has no stop loss, and your settings do not allow that.")
    lots = instrument.round_volume(min(policy.fixed_lots, policy.max_lots))
    if not lots:
        raise Refused(f"Your fixed lots are below the broker's smallest lot ({instrument.volume_min}).")
    return Size(lots, None, _setting(policy, policy.fixed_lots))
