"""What every use-case needs, in one frozen value made by the composition root."""

from dataclasses import dataclass, field

from core.accounts.settings import Ceilings
from core.bell import Bell
from core.board import Board
from core.doubts import Doubts
from core.model.clock import Clock
from core.model.policies import Hours
from core.mt5.pool import Pool
from core.ports import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The running desk: its database, clock, terminals, and the epoch that fences older hosts.

    `hours` are those in which entries are allowed on any account; None for always. `ceilings` are an owner's:
    beyond them no trader opens a setting, nor scales a trade.
    """

    store: Store
    clock: Clock
    terminals: Pool
    epoch: int
    bell: Bell = field(default_factory=Bell)
    board: Board = field(default_factory=Board)
    doubts: Doubts = field(default_factory=Doubts)
    hours: Hours | None = None
    ceilings: Ceilings = field(default_factory=Ceilings)
