"""What every use-case needs, in one frozen value made by the composition root."""

from dataclasses import dataclass, field

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

    `hours` are those in which entries are allowed on any account; None for always.
    """

    store: Store
    clock: Clock
    terminals: Pool
    epoch: int
    bell: Bell = field(default_factory=Bell)
    board: Board = field(default_factory=Board)
    doubts: Doubts = field(default_factory=Doubts)
    hours: Hours | None = None
