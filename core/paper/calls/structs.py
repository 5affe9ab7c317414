"""The module's struct types, as its C core makes them.

They are tuples with names and nothing of a namedtuple beyond that: `_asdict()` and `__match_args__`, but no
`_fields`, `_replace` or `_make`. Their `__module__` is `builtins`, where no such name lives, so pickling one
fails here as it does there.
"""

from collections.abc import Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar

from core.mt5 import contract

__all__ = [
    "AccountInfo",
    "BookInfo",
    "OrderCheckResult",
    "OrderSendResult",
    "SymbolInfo",
    "TerminalInfo",
    "Tick",
    "TradeDeal",
    "TradeOrder",
    "TradePosition",
    "TradeRequest",
]


class Struct(tuple[Any, ...]):
    """A struct sequence: exactly as many items as its type has fields."""

    __slots__ = ()
    __match_args__: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __new__(cls, sequence: Iterable[Any]) -> "Struct":
        struct = super().__new__(cls, sequence)
        if len(struct) != len(cls.__match_args__):
            raise TypeError(
                f"{cls.__name__}() takes a {len(cls.__match_args__)}-sequence ({len(struct)}-sequence given)"
            )
        return struct

    def _asdict(self) -> dict[str, Any]:
        """Names to values; a nested struct stays a struct."""
        return dict(zip(self.__match_args__, self, strict=True))

    def __repr__(self) -> str:
        items = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
        return f"{type(self).__name__}({items})"


def _struct(name: str) -> type[Struct]:
    names = tuple(field for field, _ in contract.SHAPES[name])
    members: dict[str, Any] = {field: property(itemgetter(i)) for i, field in enumerate(names)}
    members |= {
        "__slots__": (),
        "__match_args__": names,
        "__module__": "builtins",
        "n_fields": len(names),
        "n_sequence_fields": len(names),
        "n_unnamed_fields": 0,
    }
    return type(name, (Struct,), members)


AccountInfo = _struct("AccountInfo")
TerminalInfo = _struct("TerminalInfo")
SymbolInfo = _struct("SymbolInfo")
Tick = _struct("Tick")
TradePosition = _struct("TradePosition")
TradeOrder = _struct("TradeOrder")
TradeDeal = _struct("TradeDeal")
OrderSendResult = _struct("OrderSendResult")
OrderCheckResult = _struct("OrderCheckResult")
TradeRequest = _struct("TradeRequest")
BookInfo = _struct("BookInfo")
