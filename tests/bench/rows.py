"""A measured figure beside its goal."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """`measured` and `at_most` in `unit`; `count` says how many measurements it stands for."""

    what: str
    measured: float
    at_most: float | None
    unit: str
    count: int = 1

    @property
    def verdict(self) -> str:
        if self.at_most is None:
            return ""
        return "[green]reached[/]" if self.measured <= self.at_most else "[red]not reached[/]"


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def show(rows: Sequence[Row]) -> None:
    table = Table(title="Tapdesk figures, this machine, this run", title_justify="left")
    for heading in ("figure", "measured", "goal", "", "n"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for row in rows:
        goal = "" if row.at_most is None else f"<= {row.at_most:g} {row.unit}"
        table.add_row(row.what, f"{row.measured:.2f} {row.unit}", goal, row.verdict, str(row.count))
    Console().print(table)
