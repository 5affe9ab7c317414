"""Orders by what they have in common."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

from core.model.fills import Fill
from core.quality.figures import Figures, figures_of


class Dimension(StrEnum):
    """`HOUR` is that of the tap, UTC."""

    SOURCE = "source"
    ACCOUNT = "account"
    INSTRUMENT = "instrument"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Row:
    """A group by its name, which two accounts of different people may share, and its figures."""

    name: str
    figures: Figures


_Key = tuple[str, str]
"""The name of a group, and what tells it from another of that name."""


def _hour(fill: Fill) -> _Key:
    return f"{fill.tapped_at.astimezone(UTC):%H}:00", ""


_KEYS: Mapping[Dimension, Callable[[Fill], _Key]] = {
    Dimension.SOURCE: lambda fill: (fill.source, ""),
    Dimension.ACCOUNT: lambda fill: (fill.account, str(fill.account_id)),
    Dimension.INSTRUMENT: lambda fill: (fill.instrument, ""),
    Dimension.HOUR: _hour,
}


def by(fills: Iterable[Fill], dimension: Dimension) -> Sequence[Row]:
    """A row for each group: hours in their order, all others with the most orders first, then by name."""
    groups: defaultdict[_Key, list[Fill]] = defaultdict(list)
    for fill in fills:
        groups[_KEYS[dimension](fill)].append(fill)
    rows = [Row(name, figures_of(groups[name, distinction])) for name, distinction in sorted(groups)]
    return rows if dimension is Dimension.HOUR else sorted(rows, key=_fewest_orders)


def busiest(rows: Sequence[Row], most: int) -> Sequence[Row]:
    """At most so many of the rows, those with the most orders, in the order that they stand in."""
    chosen = sorted(range(len(rows)), key=lambda place: (_fewest_orders(rows[place]), place))[:most]
    return [rows[place] for place in sorted(chosen)]


def _fewest_orders(row: Row) -> int:
    return -row.figures.orders
