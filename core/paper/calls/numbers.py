"""Numbers as the C core's PyArg_ParseTuple takes them. What it refuses surfaces there as SystemError."""

from collections.abc import Callable
from operator import index
from typing import Any, TypeVar

_Number = TypeVar("_Number", int, float, bool)


def whole(value: Any) -> int:
    """A C int ("i")."""
    return _parsed(_int32, value)


def low_bits(value: Any) -> int:
    """The low 32 bits of a whole number of any size ("I")."""
    return _parsed(_uint32, value)


def double(value: Any) -> float:
    """A C double ("d")."""
    return _parsed(_real, value)


def truth(value: Any) -> bool:
    """Whether a value counts as true ("p")."""
    return _parsed(bool, value)


def _parsed(parse: Callable[[Any], _Number], value: Any) -> _Number:
    try:
        return parse(value)
    except Exception as error:  # whatever the value's own methods raise
        raise SystemError("<built-in function> returned a result with an exception set") from error


def _int32(value: Any) -> int:
    number = index(value)
    if not -(2**31) <= number < 2**31:
        raise OverflowError("signed integer does not fit")
    return number


def _uint32(value: Any) -> int:
    return index(value) & 0xFFFF_FFFF


def _real(value: Any) -> float:
    if isinstance(value, str | bytes | bytearray):
        raise TypeError("must be real number")
    return float(value)
