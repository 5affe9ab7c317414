"""Texts: complete in every language, used, filled in, with each language's plurals, numbers and times."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID

import pytest
from fluent.syntax import FluentParser, FluentSerializer
from fluent.syntax.ast import (
    Junk,
    Message,
    Pattern,
    SelectExpression,
    TextElement,
    VariableReference,
)
from fluent.syntax.visitor import Visitor

from bot.views.consent import consent
from bot.views.help import help_text
from bot.words import Words, words_for
from bot.words.fluent import LOCALES
from core.model.ids import PersonId
from core.model.people import Language, Person, Role
from tests.bot.snapshots import check_shown

BOT = LOCALES.parent
RUSSIAN, SPANISH = Words(Language.RUSSIAN), Words(Language.SPANISH)
FILES = sorted(file.name for file in (LOCALES / "en").glob("*.ftl"))


class Facts(Visitor):
    """The names of all that is filled into a message."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802 - the library's name
        self.found.add(node.id.name)


@cache
def messages(language: Language, file: str) -> dict[str, frozenset[str]]:
    """The messages of a file with the facts that each takes."""
    body = FluentParser().parse((LOCALES / language / file).read_text(encoding="utf-8")).body
    assert not [FluentSerializer().serialize_entry(entry) for entry in body if isinstance(entry, Junk)]
    found = {}
    for entry in body:
        if isinstance(entry, Message):
            facts = Facts()
            facts.visit(entry)
            found[entry.id.name] = frozenset(facts.found)
    return found


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.SPANISH])
def test_every_message_is_in_every_language_with_the_same_facts(language: Language, file: str) -> None:
    assert messages(language, file) == messages(Language.ENGLISH, file)


def _texts(pattern: Pattern) -> Iterator[str]:
    """The text, and that of each of its choices."""
    text = ""
    for part in pattern.elements:
        if isinstance(part, TextElement):
            text += part.value
        elif isinstance(part.expression, SelectExpression):
            for variant in part.expression.variants:
                yield from _texts(variant.value)
        else:
            text += "…"
    yield text


@pytest.mark.parametrize("language", Language)
def test_no_line_breaks_within_a_sentence(language: Language) -> None:
    """A phone breaks lines itself: a paragraph is one line of the file, however long."""
    broken = []
    for file in FILES:
        body = FluentParser().parse((LOCALES / language / file).read_text(encoding="utf-8")).body
        patterns = {each.id.name: each.value for each in body if isinstance(each, Message) and each.value}
        for name, pattern in patterns.items():
            broken += [name for text in _texts(pattern) if re.search(r"[\w,;] *\n *[a-zа-яñáéíóú]", text)]
    assert broken == []


def test_no_message_is_in_two_files() -> None:
    names = [name for file in FILES for name in messages(Language.ENGLISH, file)]
    assert len(names) == len(set(names))


def _constants() -> Iterator[str]:
    """Every string of the bot's code; of one that is put together, its beginning with a `*`."""
    for file in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                yield f"{node.values[0].value!s}*"


def _asked_for() -> Iterator[tuple[str, str]]:
    """What is asked of `words` by a name that stands in the code, and where."""
    for file in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not _is_words(node.func):
                continue
            if isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value), f"{file.name}:{node.lineno}"


def _is_words(function: ast.expr) -> bool:
    name = function.value if isinstance(function, ast.Attribute) and function.attr == "label" else function
    return isinstance(name, ast.Name) and name.id in {"words", "w"}


def test_every_message_that_the_code_asks_for_exists() -> None:
    known = {name for file in FILES for name in messages(Language.ENGLISH, file)}
    assert [(key, place) for key, place in _asked_for() if key not in known] == []


def test_every_message_is_used() -> None:
    used = set(_constants())
    beginnings = tuple(text[:-1] for text in used if re.fullmatch(r"[a-z]+(-[a-z]+)*-\*", text))
    unused = [
        name
        for file in FILES
        if file != "sentences.ftl"  # found by their words: see tests/bot/words/test_sentences.py
        for name in messages(Language.ENGLISH, file)
        if name not in used and not name.startswith(beginnings)
    ]
    assert unused == []


def test_foreign_text_is_made_harmless_once() -> None:
    assert Words()("consent-accepted", name="<b>", version=1) == (
        "✅ Thank you, &lt;b&gt;. You accepted version 1 of the risk text."
    )
    assert "<b>" in Words().label("consent-accepted", name="<b>", version=1)


@pytest.mark.parametrize(
    ("words", "amount", "written"),
    [
        (Words(), "1", "1 lot"),
        (Words(), "0.10", "0.10 lots"),
        (RUSSIAN, "1", "1 лот"),
        (RUSSIAN, "2", "2 лота"),
        (RUSSIAN, "5", "5 лотов"),
        (RUSSIAN, "0.10", "0.10 лота"),
        (SPANISH, "1", "1 lote"),
        (SPANISH, "0.10", "0.10 lotes"),
    ],
)
def test_plurals(words: Words, amount: str, written: str) -> None:
    assert words.lots(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (Words(), "−12,345.60\N{NO-BREAK SPACE}USD"),
        (RUSSIAN, "−12\N{NO-BREAK SPACE}345,60\N{NO-BREAK SPACE}USD"),
        (SPANISH, "−12.345,60\N{NO-BREAK SPACE}USD"),
    ],
)
def test_money_is_written_as_its_reader_does(words: Words, written: str) -> None:
    assert words.signed_money(Decimal("-12345.6"), "USD") == written


def test_times_are_in_the_readers_zone() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert words_for(Language.SPANISH, "Europe/Madrid").day_time(noon) == "14:00:00 CEST"
    assert words_for(Language.RUSSIAN, "Europe/Moscow").date_time(noon) == "1 июл. 15:00 MSK"
    assert words_for(Language.ENGLISH, "No/Where").day_time(noon) == "12:00:00 UTC"


@pytest.mark.parametrize("role", Role)
def test_help_of_each_role(role: Role) -> None:
    person = Person(PersonId(UUID(int=7)), 7, "Nina", frozenset({role}))
    check_shown(f"help-{role}", lambda words: help_text("Desk", "Write to Olga.", person, words))


def test_the_risk_text() -> None:
    check_shown("consent", lambda words: consent("D" * 100, words))
