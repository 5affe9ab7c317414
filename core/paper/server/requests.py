"""Trade requests as the C core reads them: strict types, missing keys zero, unknown keys ignored."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from core.mt5 import contract as mt5

_U32, _U64 = 2**32, 2**64
_WIDE = frozenset({"magic", "order", "deviation", "position", "position_by"})


@dataclass(frozen=True, slots=True)
class Request:
    """One trade request, field by field as TradeRequest names them."""

    action: int = 0
    magic: int = 0
    order: int = 0
    symbol: str = ""
    volume: float = 0.0
    price: float = 0.0
    stoplimit: float = 0.0
    sl: float = 0.0
    tp: float = 0.0
    deviation: int = 0
    type: int = 0
    type_filling: int = 0
    type_time: int = 0
    expiration: int = 0
    comment: str = ""
    position: int = 0
    position_by: int = 0


_KINDS = tuple((f.name, type(f.default)) for f in fields(Request))


class BadArgument(ValueError):
    """Raised for a field of the wrong type; the text is what last_error says."""


def parse(raw: Mapping[Any, Any]) -> Request:
    """The request in a dict. Raises BadArgument, or SystemError where the C core leaves an error pending."""
    return Request(**{name: _checked(name, kind, raw[name]) for name, kind in _KINDS if name in raw})


def _checked(name: str, kind: type[Any], value: Any) -> Any:
    if not isinstance(value, kind):
        raise BadArgument(f'Invalid "{name}" argument')
    if kind is int:
        return _whole(name, int(value))
    if kind is str:
        return text(name, value)
    return float(value)


def _whole(name: str, value: int) -> int:
    """A number within the C type of its field; a magic above 2**63 comes back negative, as it is stored."""
    if not 0 <= value < (_U64 if name in _WIDE else _U32):
        raise SystemError("<built-in function order_send> returned a result with an exception set")
    return value - _U64 if name == "magic" and value >= _U64 // 2 else value


def text(name: str, value: Any) -> str:
    """A symbol or comment of a length that the terminal takes, up to its first NUL. Raises BadArgument."""
    units = value.encode("utf-16-le", "surrogatepass") if isinstance(value, str) else None
    if units is None or len(units) // 2 > mt5.MAX_TEXT_UNITS:
        raise BadArgument(f'Invalid "{name}" argument')
    return units.decode("utf-16-le", "replace").partition("\0")[0]
