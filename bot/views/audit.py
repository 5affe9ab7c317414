"""/audit: who did what, newest first, each event of the catalogue in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_type_hints

from aiogram.types import InlineKeyboardButton

from bot.buttons.audit import AuditAct, AuditTap
from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain
from core.model.catalogue import CATALOGUE
from core.model.events import Event, Recorded
from core.model.ids import AccountId, PersonId

PER_PAGE = 8
SENTENCE_LIMIT, FACT_LIMIT = 200, 48
CHOICES = 40
ABSENT = "–"
KINDS = tuple(dict.fromkeys(name.partition(".")[0] for name in CATALOGUE))
"""What events are about, by the first part of their names."""
_SENTENCES = ("text", "reason", "sentence", "error", "detail", "hold_reason")
"""Facts that are sentences of core or of people."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people and accounts are called, also those that are gone, by their ids."""

    people: Mapping[PersonId, str]
    accounts: Mapping[AccountId, str]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Events, newest first, of what `asked` narrows them to; `whose` is its name, empty for everybody's."""

    events: Sequence[Recorded]
    asked: AuditTap
    whose: str
    has_older: bool


def audit(page: AuditPage, names: Names, words: Words) -> Rendered:
    asked = page.asked
    head = words.listed(
        bold(words("audit-title")),
        words(f"audit-family-{asked.kind}") if asked.kind else None,
        clip(page.whose, NAME_LIMIT) or None,
    )
    told = [_entry(one.event, names, words) for one in page.events]
    return Rendered(paragraphs(head, *(told or [words("audit-none")])), keyboard(*_buttons(page, words)))


def _entry(event: Event, names: Names, words: Words) -> Html:
    """When, who, on which account; below it what."""
    who = names.people.get(event.person_id, ABSENT) if event.person_id else words.label("audit-the-desk")
    account = names.accounts.get(event.account_id, "") if event.account_id else ""
    return lines(
        words.listed(words.date_time(event.at), bold(who, NAME_LIMIT), clip(account, NAME_LIMIT) or None),
        in_words(event, words),
    )


def in_words(event: Event, words: Words) -> Html:
    """What happened; one that the catalogue does not know any more, by its name."""
    if event.name not in CATALOGUE:
        return plain(event.name, FACT_LIMIT)
    return Html(words(f"audit-event-{_key(event.name)}", **_facts(event, words)).rstrip())


def _key(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")


def _facts(event: Event, words: Words) -> dict[str, Any]:
    """All that the shape of the event may hold, each as its reader reads it."""
    fields = get_type_hints(CATALOGUE[event.name].shape)
    facts = {name: _fact(name, event.data.get(name), words) for name in fields}
    kind = str(event.data.get("kind", ""))
    if event.name.startswith("order.") and kind:
        facts["kind"] = words(f"audit-order-kind-{kind.replace('_', '-')}")
    if event.name.startswith("reconciliation.") and kind:
        facts["divergence"] = words(f"audit-divergence-{kind}")
    return facts | {"subject": clip(event.subject, FACT_LIMIT)}


def _fact(name: str, fact: object, words: Words) -> str:
    if fact is None or fact in ("", "None"):
        return "" if name in _SENTENCES else ABSENT
    if name in _SENTENCES:
        return words.told(str(fact), SENTENCE_LIMIT)
    if name == "side":
        return words(f"audit-side-{fact}")
    if name == "state":
        return words(f"signals-state-{fact}")
    return clip(", ".join(map(str, fact)) if isinstance(fact, list) else str(fact), FACT_LIMIT)


Rows = list[list[InlineKeyboardButton]]


def _buttons(page: AuditPage, words: Words) -> Rows:
    asked = page.asked
    kind = words.label(f"audit-family-{asked.kind}" if asked.kind else "audit-any")
    turns = [
        button(words.label("audit-newest"), changed(asked, before=0)) if asked.before else None,
        button(words.label("audit-older"), changed(asked, before=page.events[-1].id))
        if page.has_older
        else None,
    ]
    narrow = [
        button(words.label("audit-kind", kind=kind), changed(asked, act=AuditAct.KINDS)),
        button(
            words.label("audit-whose", who=clip(page.whose, 16) or words.label("audit-any")),
            changed(asked, act=AuditAct.WHO),
        ),
    ]
    export = [button(words.label("audit-export"), changed(asked, act=AuditAct.EXPORT))]
    rows: Rows = [[turn for turn in turns if turn], narrow, export if page.events else []]
    return [row for row in rows if row]


def changed(asked: AuditTap, **changes: Any) -> AuditTap:
    return asked.model_copy(update={"act": AuditAct.SHOW} | changes)


def kinds(asked: AuditTap, words: Words) -> Rows:
    """A button for each kind of event."""
    named = [
        button(words.label(f"audit-family-{kind}"), changed(asked, kind=kind, before=0)) for kind in KINDS
    ]
    return in_rows([button(words.label("audit-any"), changed(asked, kind="", before=0)), *named], 2)


def whose(asked: AuditTap, known: Mapping[str, str], words: Words) -> Rows:
    """A button for each person and account; `known` are their names by what the button carries."""
    named = [
        button(clip(name, NAME_LIMIT), changed(asked, whose=token, before=0))
        for token, name in list(known.items())[:CHOICES]
    ]
    return in_rows([button(words.label("audit-any"), changed(asked, whose="", before=0)), *named], 2)


def file_caption(events: int, words: Words, *, cut: bool) -> str:
    """What stands under the file; `cut` when there are older ones."""
    parts = [words.label("audit-file", n=events), words.label("audit-file-cut") if cut else ""]
    return " ".join(part for part in parts if part)
