"""A signal's targets as legs: which part of the lots goes to which target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.model.accounts import Account
from core.model.ids import new_intent_id
from core.model.instruments import Instrument
from core.model.policies import Plan
from core.model.signals import Signal
from core.model.trades import Intent

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Leg:
    """So many lots with one target."""

    lots: Decimal
    target: Decimal


@dataclass(frozen=True, slots=True)
class Split:
    """A plan of two legs or more in the order of the targets, or none and the sentence why there is none."""

    legs: tuple[Leg, ...] = ()
    why_not: str = ""


NO_SPLIT = Split()


def split_of(
    account: Account, signal: Signal, instrument: Instrument, lots: Decimal, *, netting: bool
) -> Split:
    """The plan for so many lots, as the account's policy has it.

    Where they do not reach for a smallest lot for each target, the first targets get them. A net position
    has one target only: there it is the first.
    """
    if account.policy.plan is not Plan.SPLIT or len(signal.take_profits) < 2:
        return NO_SPLIT
    if netting:
        return Split(why_not="This account nets, so all lots have the first target.")
    parts = parts_of(lots, len(signal.take_profits), instrument)
    if len(parts) < 2:
        return Split(why_not=f"{lots.normalize():f} lots cannot be split, so all have the first target.")
    targets = (instrument.round_price(target) for target in signal.take_profits)
    return Split(tuple(Leg(part, target) for part, target in zip(parts, targets, strict=False)))


def parts_of(lots: Decimal, most: int, instrument: Instrument) -> list[Decimal]:
    """Up to `most` equal parts, each a multiple of the step and the smallest lot at least; together `lots`.

    What does not divide goes to the first ones, a step each.
    """
    steps = int(lots / instrument.volume_step)
    least = max(math.ceil(instrument.volume_min / instrument.volume_step), 1)
    count = max(1, min(most, steps // least))
    part, over = divmod(steps, count)
    return [(part + (number < over)) * instrument.volume_step for number in range(count)]


def openings_of(whole: Intent, legs: Sequence[Leg]) -> list[Intent]:
    """The opening itself, or one of its own for each leg, in their order."""
    if not legs:
        return [whole]
    return [
        replace(
            whole,
            id=whole.id if number == 1 else new_intent_id(whole.created_at),
            volume=leg.lots,
            take_profit=leg.target,
            risk=whole.risk and (whole.risk * leg.lots / whole.volume).quantize(_CENT),
            leg=number,
        )
        for number, leg in enumerate(legs, start=1)
    ]
