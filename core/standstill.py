"""Whether what must never stand still moves: the beat of the event loop, and the looks of the guards.

The loop and the watchdog's thread share it without locks: each entry has one writer, who replaces it whole.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

LONGEST_LOOK_S = 240.0
"""A look that is under way waits for a terminal, whose deadlines (core.mt5.calls) end within this time."""


@dataclass(frozen=True, slots=True)
class Look:
    """When (monotonic seconds) somebody last began or ended to look; whether that look is still under way."""

    at_s: float
    under_way: bool


@dataclass(slots=True)
class Movement:
    """The last beat of the loop, and the last look of each guard by the name of its task; `watched_s` is when
    the watchdog itself looked last, None for a desk without one.

    A guard that looked and could not read has moved as well: it is blind, which is another trouble.
    """

    beat_s: float | None = None
    watched_s: float | None = None
    looks: dict[str, Look] = field(default_factory=dict)

    def expect(self, task: str, now_s: float, instead_of: str | None = None) -> None:
        """Look after a task from now on; one that goes on under another name keeps its last look."""
        before = self.looks.get(instead_of) if instead_of is not None else None
        self.looks[task] = before or Look(now_s, under_way=False)

    @contextmanager
    def looking(self, task: str, monotonic: Callable[[], float]) -> Iterator[None]:
        """Note that the task looks, and that it has looked, however that ended."""
        self.looks[task] = Look(monotonic(), under_way=True)
        try:
            yield
        finally:
            self.looks[task] = Look(monotonic(), under_way=False)


@dataclass(frozen=True, slots=True)
class Standstill:
    """What does not move, by how many seconds: the loop, with which all stand, or single guards."""

    loop_s: float | None
    guards: Mapping[str, float]

    @property
    def longest_s(self) -> float:
        return max(self.loop_s or 0.0, *self.guards.values(), 0.0)


def standstill(
    movement: Movement, guards: Collection[str], since_s: float, now_s: float, patience_s: float
) -> Standstill | None:
    """What has not moved for more than `patience_s`; nothing is held against it from before `since_s`."""
    loop_s = now_s - max(movement.beat_s or since_s, since_s)
    if loop_s > patience_s:
        return Standstill(loop_s, {})
    still = {name: _still_s(movement.looks.get(name), since_s, now_s) for name in guards}
    late = {name: for_s for name, for_s in still.items() if for_s > patience_s}
    return Standstill(None, late) if late else None


def _still_s(look: Look | None, since_s: float, now_s: float) -> float:
    """Seconds without a move; those in which a terminal may still answer do not count."""
    if look is None:
        return now_s - since_s
    granted_s = LONGEST_LOOK_S if look.under_way else 0.0
    return now_s - max(look.at_s + granted_s, since_s)
