"""How updates find their handlers: no filter in a thread, the rights of every button in one place."""

import inspect
from collections.abc import Iterator
from uuid import UUID

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackQueryFilter

from bot.buttons.fields import DeskTap
from bot.commands import BY_NAME, COMMANDS, Asks, ask
from bot.telegram.dispatcher import DeskDispatcher
from core.model.ids import PersonId
from core.model.people import Person, Role


def _routers(root: Router) -> Iterator[Router]:
    yield root
    for each in root.sub_routers:
        yield from _routers(each)


def _handlers(root: Router) -> Iterator[tuple[str, HandlerObject]]:
    for router in _routers(root):
        for name, observer in router.observers.items():
            for handler in observer.handlers:
                yield f"{router.name} {name} {handler.callback}", handler


def test_no_filter_and_no_handler_runs_in_a_thread(dispatcher: DeskDispatcher) -> None:
    """aiogram runs each that is no coroutine function in a thread, at every update."""
    handlers = list(_handlers(dispatcher))
    assert len(handlers) > 40
    for place, handler in handlers:
        assert inspect.iscoroutinefunction(handler.callback), place
        for each in handler.filters or ():
            target = each.callback
            call = type(target).__call__ if isinstance(target, Filter) else target
            assert inspect.iscoroutinefunction(call), place
            assert each.magic is None, place


def test_every_command_has_a_handler(dispatcher: DeskDispatcher) -> None:
    filters = [each.callback for _, handler in _handlers(dispatcher) for each in handler.filters or ()]
    assert {each.command for each in filters if isinstance(each, Asks)} == set(COMMANDS)


def test_no_two_buttons_begin_alike() -> None:
    taps = [tap.__prefix__ for tap in DeskTap.__subclasses__()]
    assert len(taps) > 30
    assert len(taps) == len(set(taps))


def test_every_button_says_who_may_tap_it(dispatcher: DeskDispatcher) -> None:
    """A plain `CallbackData` would be handled without that anybody asked for a right."""
    taps = [
        each.callback.callback_data
        for _, handler in _handlers(dispatcher)
        for each in handler.filters or ()
        if isinstance(each.callback, CallbackQueryFilter)
    ]
    assert len(taps) > 30
    assert [tap for tap in taps if not issubclass(tap, DeskTap)] == []


def test_no_two_commands_have_one_name() -> None:
    assert len(BY_NAME) == sum(1 + len(command.aliases) for command in COMMANDS)


@pytest.mark.parametrize(
    ("text", "name", "argument", "rightly"),
    [
        ("/pos", "positions", "", True),
        ("/POSITIONS@tapdesk_bot", "positions", "", True),
        ("/chart EURUSD", "chart", "EURUSD", True),
        ("/chart", "chart", "", False),
        ("/users", "users", "", False),
        ("hello", None, "", False),
        ("/positons", None, "", False),
    ],
)
def test_what_a_message_asks_for(text: str, name: str | None, argument: str, rightly: bool) -> None:
    trader = Person(PersonId(UUID(int=7)), 7, "Tom", frozenset({Role.TRADER}))
    asked = ask(text, trader)
    assert (asked.command.name if asked.command else None) == name
    assert asked.argument == argument
    assert asked.rightly is (asked.command if rightly else None)
