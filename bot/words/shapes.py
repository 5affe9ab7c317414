"""The shape of a sentence: words of its own, and between them facts, which are whatever stands there.

They are found from left to right, each at the first place where it can be: one pass over a text, however
hostile. A regular expression with several facts tries all ways to part the text among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


def folded(text: str) -> str:
    """In small letters, each at the place of its capital."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(map(_small, text))


def _small(letter: str) -> str:
    return letter.lower() if len(letter.lower()) == 1 else letter


@dataclass(frozen=True, slots=True)
class Shape:
    """`begins`, then each fact by its name with the words behind it, the last of which end the sentence. All
    words are `folded`."""

    begins: str
    facts: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, words: Sequence[str], names: Sequence[str]) -> Self:
        """`words` stand before, between and behind the facts of these `names`: one more than those."""
        begins, *behind = map(folded, words)
        return cls(begins, tuple(zip(names, behind, strict=True)))

    def facts_of(self, text: str, small: str) -> Mapping[str, str] | None:
        """The facts of a text of this shape, None for another; `small` is the text folded. A fact is never
        empty, and the first of several ways to part a text counts."""
        if not self.facts:
            return {} if small == self.begins else None
        if not small.startswith(self.begins) or not small.endswith(self.facts[-1][1]):
            return None
        found, place = {}, len(self.begins)
        for name, behind in self.facts[:-1]:
            ends = small.find(behind, place + 1)
            if ends < 0:
                return None
            found[name], place = text[place:ends], ends + len(behind)
        name, behind = self.facts[-1]
        found[name] = text[place : len(text) - len(behind)]
        return found if found[name] else None
