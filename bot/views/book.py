"""What an account holds, as the views of positions and orders show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot, MT5Order, MT5Position
from core.model.risk import Mark
from core.model.trades import Intent


@dataclass(frozen=True, slots=True)
class Book:
    """An account, its newest reading (None while there is none), and what the desk knows of it.

    `sources` names the source of a position by its identifier, `pips` the size of one by symbol, where known.
    `coming` are intents that are not pending orders at the broker. `mine`: the reader trades it.
    """

    account: Account
    snapshot: MT5AccountSnapshot | None
    marks: Sequence[Mark] = ()
    sources: Mapping[int, str] = field(default_factory=dict)
    pips: Mapping[str, Decimal] = field(default_factory=dict)
    coming: Sequence[Intent] = ()
    mine: bool = False

    @property
    def kind(self) -> str:
        """Empty for a real account that was not read yet."""
        return self.account.shown_kind(self.snapshot.account.kind if self.snapshot else "")

    @property
    def currency(self) -> str:
        return self.snapshot.account.currency if self.snapshot else ""

    @property
    def positions(self) -> Sequence[MT5Position]:
        """The oldest first, so that each stays where it is."""
        held = self.snapshot.positions if self.snapshot else ()
        return sorted(held, key=lambda one: (one.opened_at, one.identifier))

    @property
    def orders(self) -> Sequence[MT5Order]:
        waiting = self.snapshot.orders if self.snapshot else ()
        return sorted(waiting, key=lambda one: (one.setup_at, one.ticket))
