"""What is left of a person who is forgotten: a pseudonym, and no word that names them."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.model.ids import PersonId

Key = tuple[object, ...]


@dataclass(frozen=True)
class Pseudonym:
    """Takes a person's place in what stays. `words` and `numbers` name the person, nothing else may.

    `id` is random: nobody can work it out from what is known of the person.
    """

    id: PersonId
    words: frozenset[str]
    numbers: frozenset[int] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        return f"forgotten-{self.id.hex[:8]}"

    @cached_property
    def _naming(self) -> re.Pattern[str]:
        """Whole words and whole numbers, the longest first: `Tara` is not in `Tarantula`, nor 12 in 1.12."""
        words = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(self.words, key=len, reverse=True)]
        numbers = [rf"(?<![\d.,]){number}(?![\d]|[.,]\d)" for number in self.numbers]
        return re.compile("|".join([*words, *numbers]) or r"(?!)")

    def over(self, value: Any) -> Any:
        """The text, number or JSON document with the pseudonym in place of all that names the person."""
        if isinstance(value, str):
            return self._naming.sub(self.name, value)
        if isinstance(value, dict):
            return {self.over(name): self.over(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.over(each) for each in value]
        return (
            0 if isinstance(value, int) and not isinstance(value, bool) and value in self.numbers else value
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in the database where a text names the person."""

    table: str
    column: str
    key: Key
