"""One account in a week: when it is looked at next, and what its people are about to do."""

from dataclasses import dataclass

from core.model.accounts import Account
from core.model.risk import Liquidation
from tests.sim.script import Temper
from tests.sim.terminals import Line
from tests.sim.witness import Witness

QUICK_S = 4.0
"""For how long after something has happened an account is looked at each second."""


@dataclass(slots=True)
class Seat:
    """`works` is whether its trading loop has something on its way; `latest` its newest liquidation, as of
    the `noted` events."""

    number: int
    account: Account
    temper: Temper
    line: Line
    witness: Witness
    due_s: float = 0.0
    quick_until_s: float = QUICK_S
    quick_looks: int = 0
    works: bool = False
    waits: int = 0
    latest: Liquidation | None = None
    noted: int = -1
    reacted_to: int = 0
    died_of: int = 0
    release_at_s: float | None = None
    reopens_at_s: float | None = None
    eager: bool = True
    flickers: bool = False

    def stir(self, now_s: float) -> None:
        """Something has happened to it: it is looked at each second for a while."""
        self.due_s, self.quick_until_s = now_s, now_s + QUICK_S
        self.quick_looks = self.waits = 0
