"""A terminal not to be believed too much."""

from dataclasses import dataclass, field
from typing import Any

MARKED = ("positions_get", "orders_get", "history_orders_get", "history_deals_get")


@dataclass(slots=True)
class Liar:
    """A terminal whose broker strips marks, hides lists, or answers orders with numbers of its own."""

    strips: bool = False
    hidden: set[str] = field(default_factory=set)
    answers: dict[str, Any] = field(default_factory=dict)
    contract: dict[str, Any] = field(default_factory=dict)

    def __call__(self, function: str, result: Any) -> Any:
        if function in self.hidden:
            return []
        if function == "order_send" and result:
            return {**result, **self.answers}
        if function == "symbol_info" and result:
            return {**result, **self.contract}
        if self.strips and function in MARKED:
            return [{**row, "magic": 0, "comment": ""} for row in result]
        return result
