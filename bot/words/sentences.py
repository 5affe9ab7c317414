"""Core's sentences in the reader's language. Core speaks English; a sentence is known by its pattern.

`sentences.ftl` has each English sentence with its facts, and what it is in the other languages. A fact is
whatever stands at its place; one whose name begins with `told` is a sentence itself. What no pattern fits (a
broker's own words, a person's reason) stays as it is.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from fluent.runtime import FluentResource
from fluent.syntax.ast import Message, Pattern, Placeable, TextElement, VariableReference

from bot.words.fluent import LOCALES, formatted
from core.model.people import Language

FILE = "sentences.ftl"
REMEMBERED = 4096
_ENDS = ".!"


@lru_cache(REMEMBERED)
def translated(text: str, language: Language) -> str:
    """The sentence in that language, with its full stop or without one as it came."""
    if language is Language.ENGLISH or not text:
        return text
    bare = text.rstrip(_ENDS)
    for key, pattern in patterns():
        found = pattern.fullmatch(bare)
        if found:
            said = formatted(language, key, _facts(found.groupdict(), language))
            return _as_begun(bare, said.rstrip(_ENDS)) + text[len(bare) :]
    return text


def _facts(found: dict[str, str], language: Language) -> dict[str, str]:
    return {
        name: translated(fact, language) if name.startswith("told") else fact for name, fact in found.items()
    }


def _as_begun(original: str, said: str) -> str:
    """With a capital where the original has one: a sentence stands alone or within another."""
    first = said[:1].upper() if original[:1].isupper() else said[:1].lower()
    return first + said[1:] if original[:1].isalpha() else said


@cache
def patterns() -> Sequence[tuple[str, re.Pattern[str]]]:
    """The sentences by key, those with the most words of their own first: the narrowest decides."""
    resource = FluentResource((LOCALES / Language.ENGLISH / FILE).read_text(encoding="utf-8"))
    found = [(each.id.name, each.value) for each in resource.body if isinstance(each, Message) and each.value]
    found.sort(key=lambda named: -_own_words(named[1]))
    return [(key, re.compile(_pattern(value), re.DOTALL | re.IGNORECASE)) for key, value in found]


def _own_words(pattern: Pattern) -> int:
    return sum(len(part.value) for part in pattern.elements if isinstance(part, TextElement))


def _pattern(pattern: Pattern) -> str:
    whole = "".join(map(_part, pattern.elements))
    return whole.removesuffix(re.escape(".")).removesuffix("!")


def _part(part: TextElement | Placeable) -> str:
    if isinstance(part, TextElement):
        return re.escape(part.value)
    if isinstance(part.expression, VariableReference):
        return f"(?P<{part.expression.id.name}>.+?)"
    raise ValueError(f"{FILE}: a sentence has facts only, no choice")
