"""Each command written rightly, and each button that can be, with whatever it may carry."""

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from itertools import product
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from aiogram.filters.callback_data import CallbackData

from bot.commands import COMMANDS, DeskCommand

EXAMPLES = {
    "chart": "EURUSD",
    "lock": "EURUSD 2h NFP",
    "hold": "Tara's paper 15m bad price",
    "role": "Tom trader",
    "block": "Tom",
    "unblock": "Tom",
    "signal": "BUY EURUSD @1.0850 SL 1.0820 TP 1.0890 30m",
}
"""What follows a command that does not stand alone."""

BY_FIELD: dict[str, list[Any]] = {
    "name": [command.name for command in COMMANDS],
    "zone": ["Europe/Madrid"],
    "symbol": ["EURUSD"],
}
"""What has a form of its own."""
STRANGE_ID = UUID(int=2**127 + 7)


def said(command: DeskCommand) -> str:
    text = f"/{command.name} {EXAMPLES.get(command.name, '')}".strip()
    assert command.takes(text.partition(" ")[2]), f"write an example of /{command.name} into EXAMPLES"
    return text


def all_said() -> list[tuple[DeskCommand, str]]:
    return [(command, said(command)) for command in COMMANDS]


def buttons(known: dict[str, Any]) -> Iterator[CallbackData]:
    """Every kind of button with every act; `known` has the identities that stand for something real."""
    for kind in sorted(_kinds(CallbackData), key=lambda each: each.__prefix__):
        names = list(kind.model_fields)
        choices = [_choices(name, kind.model_fields[name], known) for name in names]
        for values in product(*choices):
            yield kind(**dict(zip(names, values, strict=True)))


def _kinds(base: type[CallbackData]) -> Iterator[type[CallbackData]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("bot."):
            yield kind
        yield from _kinds(kind)


SIMPLE: dict[Any, list[Any]] = {
    type(None): [None],
    bool: [False, True],
    UUID: [STRANGE_ID],
    int: [1],
    str: [""],
    Decimal: [Decimal(2)],
}


def _choices(name: str, field: Any, known: dict[str, Any]) -> list[Any]:
    if name in known:
        return [known[name]]
    return BY_FIELD.get(name) or _of_type(field.annotation)


def _of_type(kind: Any) -> list[Any]:
    """Every member of an enumeration; of what has too many values one."""
    if get_origin(kind) is Annotated:
        return _of_type(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [value for each in get_args(kind) for value in _of_type(each)]
    return list(kind) if isinstance(kind, type) and issubclass(kind, Enum) else SIMPLE[kind]
