"""What people are choosing just now, and no row says: of this run only, after a restart they tap again."""

from core.model.ids import PersonId


class HoldChoices:
    """Who is choosing how long to hold which liquidation: their message shows that while it counts down."""

    def __init__(self) -> None:
        self._open: set[tuple[PersonId, int]] = set()

    def begin(self, person: PersonId, liquidation: int) -> None:
        self._open.add((person, liquidation))

    def end(self, person: PersonId, liquidation: int) -> None:
        self._open.discard((person, liquidation))

    def is_open(self, person: PersonId, liquidation: int) -> bool:
        return (person, liquidation) in self._open
