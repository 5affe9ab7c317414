"""Which routers an update is shown to: those that may take it, found by its command or by its button.

aiogram asks every filter of every router in turn; with a hundred of them that takes longer than the work.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject

from bot.commands import Asks, DeskCommand
from bot.dialogs import Answers

Routers = tuple[Router, ...]


class Features(Router):
    """The routers by feature, in their order. One whose handlers all ask for other commands, other buttons or
    an answer when none is awaited is left out; one with any other filter is asked always."""

    def __init__(self, features: Sequence[Router]) -> None:
        super().__init__(name="features")
        self.include_routers(*features)
        self._every: dict[str, Routers] = {}
        commands = {each.command for router in features for each in _first_filters(router, "message", Asks)}
        self._by_command = {command: self._asked("message", Asks, command) for command in commands}
        self._answers = self._asked("message", Answers)
        self._open_to_messages = self._asked("message")
        taps = [
            each.callback_data.__prefix__
            for router in features
            for each in _first_filters(router, "callback_query", CallbackQueryFilter)
        ]
        self._by_prefix = {
            prefix: self._asked("callback_query", CallbackQueryFilter, prefix) for prefix in taps
        }
        self._open_to_taps = self._asked("callback_query")

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        for router in self.asked(update_type, event, kwargs):
            response = await router.propagate_event(update_type, event, **kwargs)
            if response is not UNHANDLED:
                return response
        return UNHANDLED

    def asked(self, update_type: str, event: TelegramObject, data: dict[str, Any]) -> Routers:
        """The routers that may take the event, in their order."""
        if update_type == "message":
            command: DeskCommand | None = data.get("asked")
            if command is not None:
                return self._by_command.get(command, self._open_to_messages)
            return self._open_to_messages if data.get("raw_state") is None else self._answers
        if isinstance(event, CallbackQuery):
            return self._by_prefix.get((event.data or "").partition(":")[0], self._open_to_taps)
        return tuple(router for router in self.sub_routers if router.observers[update_type].handlers)

    def _asked(self, update_type: str, kind: type | None = None, key: object = None) -> Routers:
        """Those with a handler behind such a filter, or behind one that says nothing beforehand."""
        return tuple(
            router
            for router in self.sub_routers
            if any(_may_take(each, kind, key) for each in router.observers[update_type].handlers)
        )


def _may_take(handler: HandlerObject, kind: type | None, key: object) -> bool:
    first = handler.filters[0].callback if handler.filters else None
    if not isinstance(first, (Asks, Answers, CallbackQueryFilter)):
        return True
    return kind is not None and isinstance(first, kind) and (key is None or _key(first) == key)


def _key(one: Asks | Answers | CallbackQueryFilter) -> object:
    if isinstance(one, Asks):
        return one.command
    return one.callback_data.__prefix__ if isinstance(one, CallbackQueryFilter) else None


def _first_filters(router: Router, update_type: str, kind: type) -> Iterator[Any]:
    for handler in router.observers[update_type].handlers:
        first = handler.filters[0].callback if handler.filters else None
        if isinstance(first, kind):
            yield first
