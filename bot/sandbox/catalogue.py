"""Telegram's methods and types as aiogram knows them: which exist, and whether a result has their shape.

Imported only where the server starts, because aiogram's own import takes seconds.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

from aiogram import methods as telegram_methods
from aiogram.methods import TelegramMethod
from aiogram.types import Update
from pydantic import TypeAdapter


@cache
def known_methods() -> dict[str, str]:
    """Telegram's spelling of every method by its lower case; Telegram itself ignores the case."""
    return {name.lower(): name for name in _returning()}


@cache
def _returning() -> dict[str, Any]:
    classes = (getattr(telegram_methods, name) for name in telegram_methods.__all__)
    return {
        one.__api_method__: one.__returning__
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


def check_update(update: dict[str, Any]) -> None:
    Update.model_validate(update)
