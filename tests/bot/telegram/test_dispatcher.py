"""What the dispatcher makes of every update: the handler that aiogram's own routers would have found."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import product
from typing import Annotated, Any
from uuid import UUID

import pytest
from aiogram import BaseMiddleware, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.types import (
    CallbackQuery,
    Chat,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberUpdated,
    Message,
    TelegramObject,
    User,
)
from pydantic import TypeAdapter, ValidationError

from bot.buttons.fields import DeskTap
from bot.commands import CHART, COMMANDS, DeskCommand, ask, handed
from bot.door.access import Unmet
from bot.handlers import make_routers
from bot.talk.dialogs import Answers
from bot.telegram.routing import Features
from core.model.ids import PersonId
from core.model.people import CONSENT_VERSION as RISKS
from core.model.people import Person, Role

OLGA = User(id=7, is_bot=False, first_name="Olga")
TAPDESK = User(id=1, is_bot=True, first_name="Tapdesk")
ALONE, TOGETHER = Chat(id=7, type="private"), Chat(id=-8, type="group", title="Desk")
NOW = datetime(2026, 7, 17, 12, tzinfo=UTC)
MET = Person(PersonId(UUID(int=7)), 7, "Olga", frozenset(Role), consent_version=RISKS)
BEHIND = Person(PersonId(UUID(int=8)), 8, "Tom", frozenset({Role.TRADER}), consent_version=RISKS - 1)
VIEWER = Person(PersonId(UUID(int=9)), 9, "Vic", frozenset({Role.VIEWER}), consent_version=RISKS)
UNMET = Person(PersonId(UUID(int=10)), 10, "Nat", frozenset({Role.TRADER}))
PEOPLE = (MET, BEHIND, VIEWER, UNMET)

SHORT_TEXTS = ("10", "", "/locks", "/nothing")
ARGUMENTS = ("", "EURUSD", "1h news", "account Main", "Tom trader", "en")
VALUES = ("0.5", "1", "status", "UTC", str(UUID(int=1)))
"""One of them fits a field of a button that is no choice."""

Case = tuple[str, TelegramObject, dict[str, Any]]


def _plain() -> Router:
    """All that aiogram does by itself."""
    router = Router(name="features")
    router.include_routers(*make_routers())
    return router


def _handlers(root: Router) -> Iterator[HandlerObject]:
    for router in root.chain_tail:
        for observer in router.observers.values():
            yield from observer.handlers


def _name(handler: HandlerObject) -> str:
    return f"{handler.callback.__module__}.{handler.callback.__name__}"


def _tell_instead_of_working(root: Router) -> set[str]:
    """Each handler returns its name; all of them are returned."""
    names = set()
    for handler in _handlers(root):
        names.add(name := _name(handler))
        handler.callback = _named(name)
    return names


def _named(name: str) -> Any:
    async def tell(*_: object, **__: object) -> str:
        return name

    return tell


def _said(text: str, chat: Chat = ALONE) -> Message:
    return Message(message_id=1, date=NOW, chat=chat, from_user=OLGA, text=text)


def _tapped(data: str) -> CallbackQuery:
    card = Message(message_id=1, date=NOW, chat=ALONE, from_user=TAPDESK, text="card")
    return CallbackQuery(id="1", from_user=OLGA, chat_instance="1", message=card, data=data)


def _comes(chat: Chat) -> ChatMemberUpdated:
    before, after = ChatMemberLeft(user=TAPDESK), ChatMemberMember(user=TAPDESK)
    return ChatMemberUpdated(
        chat=chat, from_user=OLGA, date=NOW, old_chat_member=before, new_chat_member=after
    )


def _asking(command: DeskCommand) -> str:
    argument = next(each for each in ARGUMENTS if command.takes(each))
    return f"/{command.name} {argument}".strip()


def _texts() -> Iterator[str]:
    yield from (
        "good morning",
        "",
        "/",
        "/nothing",
        "/positons",
        "/chart@a_bot EURUSD",
        "/chart",
        "1.0850",
    )
    yield from map(_asking, COMMANDS)
    yield from (f"/{alias}" for command in COMMANDS for alias in command.aliases)


@cache
def _steps() -> Sequence[str]:
    """Of every talk, and of one that nobody knows."""
    filters = [each.callback for handler in _handlers(_plain()) for each in handler.filters or ()]
    steps = {step for each in filters if isinstance(each, Answers) for step in each.steps if step}
    return sorted({"Forgotten:STEP", *steps})


def _buttons() -> Iterator[str]:
    """One of each kind, the same garbled, and some of no kind."""
    yield from ("", ":", "nobody:1", "d", "?")
    for tap in DeskTap.__subclasses__():
        if tap.__module__.startswith("bot."):
            data = {name: _any_of(info) for name, info in tap.model_fields.items() if info.is_required()}
            yield from (tap(**data).pack(), f"{tap.__prefix__}:?:?:?:?:?:?:?")


def _any_of(info: Any) -> Any:
    kind: TypeAdapter[Any] = TypeAdapter(Annotated[info.annotation, info])
    for value in (*getattr(info.annotation, "__members__", {}).values(), *VALUES):
        try:
            return kind.validate_python(value)
        except ValidationError:
            continue
    raise AssertionError(f"no value for {info}")


def _cases(person: Person) -> Iterator[Case]:
    places = [(None, text, chat) for text in _texts() for chat in (ALONE, TOGETHER)]
    for step, text, chat in (*places, *product(_steps(), SHORT_TEXTS, (ALONE,))):
        yield "message", _said(text, chat), {"raw_state": step} | handed(ask(text, person))
    for step, data in product((None, _steps()[0]), _buttons()):
        yield "callback_query", _tapped(data), {"raw_state": step}
    for chat in (ALONE, TOGETHER):
        yield "my_chat_member", _comes(chat), {"raw_state": None}


async def test_every_update_finds_the_handler_that_routers_in_turn_would_find() -> None:
    plain, desk = _plain(), Features(make_routers())
    names = _tell_instead_of_working(plain)
    assert _tell_instead_of_working(desk) == names
    found = set()
    for person in PEOPLE:
        for update_type, event, data in _cases(person):
            takes = await plain.propagate_event(update_type, event, person=person, **data)
            taken = await desk.propagate_event(update_type, event, person=person, **data)
            assert taken == takes, (event, data)
            found.add(takes)
    assert found >= names  # the cases leave no handler out


@pytest.mark.parametrize(
    ("update_type", "event", "data", "most"),
    [
        ("message", _said("/chart EURUSD"), {"asked": CHART}, {"routing", "start", "charts", "fallback"}),
        ("message", _said("good morning"), {}, {"routing", "start", "fallback"}),
        ("callback_query", _tapped("set:h"), {}, {"start", "settings", "fallback"}),
        ("callback_query", _tapped("?"), {}, {"start", "fallback"}),
        ("poll", TelegramObject(), {}, set()),
    ],
)
async def test_only_handlers_that_may_take_an_update_are_asked(
    update_type: str, event: TelegramObject, data: dict[str, Any], most: set[str]
) -> None:
    """A hundred filters in turn take longer than the work of most handlers."""
    asked = Features(make_routers()).asked(update_type, event, data)
    assert {_name(handler).split(".")[-2] for handler in asked} == most


async def test_what_nobody_takes_is_unhandled() -> None:
    assert await Features([]).propagate_event("message", _said("good morning")) is UNHANDLED


def test_a_feature_cannot_hide_a_check_where_nobody_asks_it() -> None:
    filtered, wrapped, nested = Router(name="filtered"), Router(name="wrapped"), Router(name="nested")
    filtered.message.filter(Unmet())
    wrapped.callback_query.outer_middleware(_Silent())
    nested.include_router(Router())
    for each in (filtered, wrapped, nested):
        with pytest.raises(ValueError, match=each.name):
            Features([each])


class _Silent(BaseMiddleware):
    async def __call__(self, *_: object) -> None:
        pass
