"""Telegram's methods and types as aiogram knows them: which exist, and whether a result has their shape.

Imported only where the server starts, because aiogram's own import takes seconds.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from aiogram import methods as telegram_methods
from aiogram.methods import TelegramMethod
from aiogram.types import InlineKeyboardMarkup
from pydantic import TypeAdapter


@cache
def known_methods() -> dict[str, str]:
    """Telegram's spelling of every method by its lower case; Telegram itself ignores the case."""
    return {name.lower(): name for name in _returning()}


# Fields whose shape is checked before a method sees them.
NESTED = (
    *("entities", "caption_entities", "reply_markup", "reply_parameters", "media"),
    *("commands", "scope", "reaction"),
)


@cache
def _nested_field(method: str, name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_classes()[method].model_fields[name].annotation)


def nested_fields(method: str) -> list[str]:
    """The names of the method's fields that hold objects with a shape of their own."""
    return [name for name in NESTED if name in _classes()[method].model_fields]


def check_nested(method: str, name: str, value: object) -> None:
    """Raises pydantic's ValidationError when `value` is not what Telegram documents for this field."""
    if name == "reply_markup" and isinstance(value, dict) and "inline_keyboard" in value:
        InlineKeyboardMarkup.model_validate(value)  # as one of a union, anything passes for a ForceReply
    else:
        _nested_field(method, name).validate_python(value)


@cache
def _returning() -> dict[str, Any]:
    return {name: one.__returning__ for name, one in _classes().items()}


@cache
def _classes() -> dict[str, type[TelegramMethod[Any]]]:
    classes = (getattr(telegram_methods, name) for name in telegram_methods.__all__)
    return {
        one.__api_method__: one
        for one in classes
        if inspect.isclass(one) and issubclass(one, TelegramMethod) and one is not TelegramMethod
    }


def returns_bool(method: str) -> bool:
    return _returning()[method] is bool


@cache
def _adapter(method: str) -> TypeAdapter[Any]:
    return TypeAdapter(_returning()[method])


def check_result(method: str, result: object) -> None:
    """Raises pydantic's ValidationError when a client could not parse this result."""
    _adapter(method).validate_python(result)
