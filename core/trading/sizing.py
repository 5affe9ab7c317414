"""How many lots, and how much money stands at risk with them."""

from dataclasses import dataclass
from decimal import Decimal

from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Size:
    """Lots as the broker takes them; `risk` is the loss at the stop in account currency, if there is one."""

    lots: Decimal
    risk: Decimal | None


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
    return Size(lots, (lots * loss_per_lot).quantize(Decimal("0.01")))


def _without_stop(policy: RiskPolicy, instrument: Instrument) -> Size:
    if not policy.allow_no_stop or policy.fixed_lots is None:
        raise Refused("This signal has no stop loss, and your settings do not allow that.")
    lots = instrument.round_volume(min(policy.fixed_lots, policy.max_lots))
    if not lots:
        raise Refused(f"Your fixed lots are below the broker's smallest lot ({instrument.volume_min}).")
    return Size(lots, None)
