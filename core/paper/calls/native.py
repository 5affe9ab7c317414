"""Functions that see what a Python function cannot: whether a call gave keywords that were empty, or none.

`fn(request)` and `fn(*args, **{})` are the same to Python, but the C core of the MetaTrader5 module reads its
keywords' pointer: null, and the request is the argument; not null, and the arguments must be none. Code that
passes keywords on (every wrapper and proxy) therefore fails there when it has none to pass; so it must here.
The only callable with that pointer in its hands is a C function, so this makes one, of a Python callback.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

_FLAGS: Final = 0x0001 | 0x0002  # METH_VARARGS | METH_KEYWORDS
_CALLBACK = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)

_Answer = TypeVar("_Answer")
Work = Callable[[tuple[Any, ...], "dict[str, Any] | None"], _Answer]
"""Takes positional arguments, and keywords: None if the call gave none, empty if it gave them empty."""


class _Definition(ctypes.Structure):
    """PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("call", _CALLBACK),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def built_in(work: Work[_Answer]) -> Callable[..., _Answer]:
    """A C function of `work`'s name and docstring. Whatever `work` raises, its caller gets SystemError."""

    def call(_: int | None, args: tuple[Any, ...], keywords: int | None) -> int:
        try:
            answer = work(args, None if keywords is None else _at(keywords))
        except SystemError:
            return _NULL
        except BaseException:  # noqa: BLE001 - nothing may be raised into C: told here, SystemError there
            sys.excepthook(*sys.exc_info())
            return _NULL
        _KEEP(answer)
        return id(answer)

    doc = (work.__doc__ or "").encode()
    definition = _Definition(work.__name__.encode(), _CALLBACK(call), _FLAGS, doc)
    _DEFINITIONS.append(definition)
    function: Callable[..., _Answer] = _NEW(ctypes.byref(definition), None, None)
    return function


def _at(address: int) -> Any:
    return ctypes.cast(address, ctypes.py_object).value


_NULL: Final = 0  # without an error beside it, which the interpreter reports as SystemError
_DEFINITIONS: list[_Definition] = []  # the C functions point into them
_KEEP = ctypes.pythonapi.Py_IncRef
_KEEP.argtypes, _KEEP.restype = (ctypes.py_object,), None
_NEW = ctypes.pythonapi.PyCFunction_NewEx
_NEW.argtypes = (ctypes.POINTER(_Definition), ctypes.c_void_p, ctypes.c_void_p)
_NEW.restype = ctypes.py_object
