"""Core's sentences in the reader's language. Core speaks English; a sentence is known by its pattern.

`sentences.ftl` has each English sentence with its facts, and what it is in the other languages. A fact is
whatever stands at its place; one whose name begins with `told` is a sentence itself. What no pattern fits (a
broker's own words, a person's reason) stays as it is.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from fluent.runtime import FluentResource
from fluent.syntax.ast import Message, Pattern, TextElement, VariableReference

from bot.words.fluent import LOCALES, formatted
from bot.words.shapes import Shape, folded
from core.model.people import Language

FILE = "sentences.ftl"
REMEMBERED = 4096
LONGEST = 2000
"""No sentence of core is nearly as long, and Fluent tells no longer fact."""
NESTED = 4
"""A sentence may tell another one, which may tell another one; none of core's goes deeper."""
_ENDS = ".!"


@lru_cache(REMEMBERED)
def translated(text: str, language: Language) -> str:
    """The sentence in that language, with its full stop or without one as it came."""
    if language is Language.ENGLISH or len(text) > LONGEST:
        return text
    return _translated(text, language, NESTED)


def _translated(text: str, language: Language, nested: int) -> str:
    bare = text.rstrip(_ENDS)
    small = folded(bare)
    for key, shape in shapes():
        found = shape.facts_of(bare, small)
        if found is not None:
            said = formatted(language, key, _facts(found, language, nested))
            return _as_begun(bare, said.rstrip(_ENDS)) + text[len(bare) :]
    return text


def _facts(found: Mapping[str, str], language: Language, nested: int) -> dict[str, str]:
    return {
        name: _translated(fact, language, nested - 1) if name.startswith("told") and nested else fact
        for name, fact in found.items()
    }


def _as_begun(original: str, said: str) -> str:
    """With a capital where the original has one: a sentence stands alone or within another."""
    first = said[:1].upper() if original[:1].isupper() else said[:1].lower()
    return first + said[1:] if original[:1].isalpha() else said


@cache
def shapes() -> Sequence[tuple[str, Shape]]:
    """The sentences by key, those with the most words of their own first: the narrowest decides."""
    resource = FluentResource((LOCALES / Language.ENGLISH / FILE).read_text(encoding="utf-8"))
    found = [(each.id.name, each.value) for each in resource.body if isinstance(each, Message) and each.value]
    found.sort(key=lambda named: -_own_words(named[1]))
    return [(key, _shape(value)) for key, value in found]


def _own_words(pattern: Pattern) -> int:
    return sum(len(part.value) for part in pattern.elements if isinstance(part, TextElement))


def _shape(pattern: Pattern) -> Shape:
    words, names = [""], list[str]()
    for part in pattern.elements:
        if isinstance(part, TextElement):
            words[-1] += part.value
        elif isinstance(part.expression, VariableReference):
            names.append(part.expression.id.name)
            words.append("")
        else:
            raise TypeError(f"{FILE}: a sentence has facts only, no choice")
    words[-1] = words[-1].removesuffix(".").removesuffix("!")
    return Shape.of(words, names)
