"""Which handlers an update meets: those that may take it, found by its command, its button or its step.

aiogram asks every router in turn and wraps the middlewares of each anew, and then every filter: with thirty
routers that takes longer than the work of most handlers.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject

from bot.commands import Asks
from bot.talk.dialogs import Answers

Handlers = tuple[HandlerObject, ...]
Index = Mapping[object, Handlers]
"""By command, prefix of a button or step of a talk; under None those that may take anything."""


class Features(Router):
    """The routers by feature as one: all their handlers, in their order; the first whose filters pass takes
    the update.

    A handler whose first filter asks for another command, another button or another step is left out. Raises
    ValueError for a feature with middlewares, filters or routers of its own: nobody would ask them.
    """

    def __init__(self, features: Sequence[Router]) -> None:
        super().__init__(name="features")
        for each in features:
            _check_plain(each)
            self.include_router(each)
        self._indexes = {kind: _index(_handlers(features, kind)) for kind in self.observers}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        for handler in self.asked(update_type, event, kwargs):
            passed, data = await handler.check(event, **kwargs | {"event_router": self, "handler": handler})
            if passed:
                return await handler.call(event, **data)
        return UNHANDLED

    def asked(self, update_type: str, event: TelegramObject, data: Mapping[str, Any]) -> Handlers:
        """The handlers that may take the event, in their order."""
        index = self._indexes[update_type]
        return index.get(_key_of(event, data), index[None])


def _key_of(event: TelegramObject, data: Mapping[str, Any]) -> object:
    if isinstance(event, CallbackQuery):
        return (event.data or "").partition(":")[0]
    return data.get("asked") or data.get("raw_state")


def _keys(handler: HandlerObject) -> Set[object] | None:
    """What its first filter asks for; None when that says nothing beforehand."""
    match handler.filters[0].callback if handler.filters else None:
        case Asks() as asks:
            return {asks.command}
        case Answers() as answers:
            return answers.steps
        case CallbackQueryFilter() as taps:
            return {taps.callback_data.__prefix__}
    return None


def _index(handlers: Handlers) -> Index:
    keys = {key for each in handlers for key in _keys(each) or ()}
    return {key: tuple(each for each in handlers if _may_take(each, key)) for key in {None, *keys}}


def _may_take(handler: HandlerObject, key: object) -> bool:
    keys = _keys(handler)
    return keys is None or key in keys


def _handlers(features: Sequence[Router], update_type: str) -> Handlers:
    return tuple(handler for each in features for handler in each.observers[update_type].handlers)


def _check_plain(feature: Router) -> None:
    for observer in feature.observers.values():
        filters = observer._handler.filters  # noqa: SLF001 - aiogram shows them nowhere else
        if observer.middleware or observer.outer_middleware or filters or feature.sub_routers:
            raise ValueError(f"router {feature.name}: middlewares, filters and routers belong elsewhere")
