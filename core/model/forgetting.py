"""What is left of a person who is forgotten: a pseudonym, and no word that names them.

Their own rows lose every word that names them. Everybody else's lose the person's ids and the sentences that
programs wrote of what the person did, and nothing else: a name is a word that may mean anything.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from core.model.ids import PersonId

SAYING: Final = frozenset({"text", "reason", "hold_reason", "detail", "error", "sentence", "obstacle"})
"""Facts of events and alerts that are sentences."""
NAMING: Final = frozenset({"name", "by", "account", "whose", "about", "login"})
"""Facts that are a name, of a person or of an account."""
NUMBERED: Final = frozenset({"login", "telegram_id", "chat_id"})
"""Facts that are a number by which people or accounts are known outside."""
RENAMED: Final = frozenset({"before", "after"})
"""The names of an account that was renamed; elsewhere facts of these names are numbers."""

Text = Callable[[str], str]


@dataclass(frozen=True)
class Pseudonym:
    """Takes a person's place in what stays, the same one everywhere, so that the trail can still be read.

    `id` is random: nobody can work it out from what is known of the person. `names` are the words that name
    the person or one of their accounts, each with what stands in its place; `numbers` their Telegram ids and
    logins, `ids` their id in its spellings. `sentences` tell of what they did in other people's rows.
    """

    id: PersonId
    names: Mapping[str, str] = field(default_factory=dict)
    numbers: frozenset[int] = frozenset()
    ids: frozenset[str] = frozenset()
    sentences: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"forgotten-{self.id.hex[:8]}"

    @property
    def words(self) -> frozenset[str]:
        """All that may stand in the person's own rows, as text."""
        return frozenset({*self.names, *map(str, self.numbers), *self.ids})

    def account(self, number: int) -> str:
        """The name of the person's account of that number from now on."""
        return f"{self.name} {number}"

    # -- in the person's own rows

    def in_own(self, text: str) -> str:
        """Without every whole word and number that names them: no `Tara` in `Tarantula`, no 12 in 1.12."""
        return self._naming.sub(lambda found: self._instead(found[0]), text)

    def in_own_facts(self, facts: Mapping[str, Any], *, renamed: bool = False) -> dict[str, Any]:
        named = NAMING | (RENAMED if renamed else frozenset())
        return self._each(facts, lambda fact: fact in SAYING | named, self.in_own)

    # -- in anybody's rows

    def in_any(self, text: str) -> str:
        """Without their id, and without their name in the sentences that tell of what they did."""
        return self._telling.sub(lambda found: self.in_own(found[0]), text)

    def in_any_facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return self._each(facts, lambda _: True, self.in_any)

    # -- how

    def _each(self, facts: Mapping[str, Any], wanted: Callable[[str], bool], change: Text) -> dict[str, Any]:
        """The same facts under the same names; only the values change."""
        return {fact: self._fact(fact, value, wanted(fact), change) for fact, value in facts.items()}

    def _fact(self, fact: str, value: Any, wanted: bool, change: Text) -> Any:
        if fact in NUMBERED and str(value) in map(str, self.numbers):
            return self.name if isinstance(value, str) else 0
        if isinstance(value, str):
            return change(value) if wanted else self.in_any(value)
        if isinstance(value, list):
            return [self._fact("", each, wanted, change) for each in value]
        return value

    def _instead(self, word: str) -> str:
        if word in self.ids:
            return str(self.id)
        return self.names.get(word, self.name)

    @cached_property
    def _naming(self) -> re.Pattern[str]:
        words = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in _longest(self.names)]
        numbers = [rf"(?<![\d.,]){number}(?![\d]|[.,]\d)" for number in self.numbers]
        return _any([*map(re.escape, self.ids), *words, *numbers])

    @cached_property
    def _telling(self) -> re.Pattern[str]:
        sentences = [rf"(?<!\w){re.escape(sentence)}(?!\w)" for sentence in _longest(self.sentences)]
        return _any([*map(re.escape, self.ids), *sentences])


def _longest(words: Iterable[str]) -> list[str]:
    """The longest first: of two that begin alike the whole one is meant."""
    return sorted(words, key=len, reverse=True)


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)")
