"""A measured figure beside its goal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """`measured` and its goal in `unit`; `count` says how many measurements it stands for."""

    what: str
    measured: float
    unit: str
    count: int = 1
    at_most: float = math.inf
    at_least: float = -math.inf

    @property
    def goal(self) -> str:
        """In words; "" if there is none."""
        sides = ((">=", self.at_least), ("<=", self.at_most))
        return " and ".join(f"{sign} {limit:,g} {self.unit}" for sign, limit in sides if math.isfinite(limit))

    @property
    def reached(self) -> bool:
        """Whether it lies within its goal; what is no number lies nowhere."""
        return self.at_least <= self.measured <= self.at_most

    @property
    def verdict(self) -> str:
        if not self.goal:
            return ""
        return "[green]reached[/]" if self.reached else "[red]not reached[/]"


_WIDTH = 120


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def show(rows: Sequence[Row]) -> None:
    table = Table(title="Tapdesk figures, this machine, this run", title_justify="left")
    for heading in ("figure", "measured", "goal", "", "n"):
        table.add_column(heading, justify="left" if heading == "figure" else "right", no_wrap=True)
    for row in rows:
        measured = f"{row.measured:,.2f} {row.unit}".rstrip()
        table.add_row(row.what, measured, row.goal, row.verdict, str(row.count))
    Console(width=max(Console().width, _WIDTH)).print(table)
