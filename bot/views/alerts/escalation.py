"""A critical alert on its way from person to person: who has it in hand, and the button that says "I"."""

from dataclasses import dataclass
from datetime import datetime

from aiogram.enums import ButtonStyle

from bot.buttons.alerts import AcknowledgeTap
from bot.views.alerts.message import alert
from bot.views.markup import Rendered, button
from bot.words import Words
from bot.words.html import italic, lines
from core.model.alerts import Escalation
from core.model.people import Person

NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Raised:
    """An escalation as it is `now`; `holder` is the name of who has it in hand."""

    escalation: Escalation
    now: datetime
    holder: str = ""


def raised(shown: Raised, words: Words, reader: Person, *, again: bool = False) -> Rendered:
    """The alert, what became of it, and its buttons while somebody is wanted."""
    found = shown.escalation
    own = [button(words.label("alert-acknowledge"), _tap(found), ButtonStyle.SUCCESS)] if found.lasts else []
    told = alert(found.name, found.data, words, reader, [own], again=again)
    return Rendered(lines(told.text, _state(shown, words, reader)), told.keyboard)


def superseded(shown: Raised, words: Words) -> Rendered:
    """What stays of a message when a new one has taken its place: no buttons."""
    found = shown.escalation
    return Rendered(alert(found.name, found.data, words).text)


def _tap(found: Escalation) -> AcknowledgeTap:
    return AcknowledgeTap(escalation=found.id)


def _state(shown: Raised, words: Words, reader: Person) -> str | None:
    found = shown.escalation
    if found.acknowledged_at is not None:
        who = shown.holder[:NAME_LIMIT] or words("somebody")
        return words("alert-acknowledged", who=who, time=words.relative(found.acknowledged_at))
    if found.over_at is not None:
        return words("alert-is-over", time=words.relative(found.over_at))
    if found.told_at > found.began_at and found.told[-1] == reader.id:
        return italic(words("alert-nobody-yet", length=words.span(shown.now - found.began_at)))
    return None
