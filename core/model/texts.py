"""Words that people type, as others are shown them."""

import unicodedata
from typing import Final

_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs by their category, and nothing on a screen."""
_LOOKS: Final = str.maketrans(
    {
        **dict(zip("авезікмнорстухјѕԁһԛԝ", "abe3lkmhopctyxjsdhqw", strict=True)),
        **dict(zip("αβεζηικμνορτυχ", "abezhlkmnoptyx", strict=True)),
        **dict(zip("i1|0", "lllo", strict=True)),
    }
)
"""Small letters as the Latin ones for which they, or their capitals, are taken; it is Unicode's idea
(UTS 39) for the scripts that people type here."""


def is_hidden(character: str) -> bool:
    """Of a control or format character, a separator of lines or a blank letter: it breaks lines, turns the
    direction of what follows, or is not seen at all, so that a text would not be what it looks like."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") or character in _BLANK


def is_seen(text: str) -> bool:
    """Whether there is something to read in it: a letter, a digit or a sign, not only spaces and marks."""
    return any(not is_hidden(each) and unicodedata.category(each)[0] in "LNPS" for each in text)


def one_line(text: str) -> str:
    """The words with one space between them, without hidden characters."""
    return " ".join("".join(each for each in text if each.isspace() or not is_hidden(each)).split())


def likeness(text: str) -> str:
    """Equal for two texts that a person in a hurry may take for each other: capitals, accents, spaces and
    letters of other scripts that look the same make no difference."""
    bare = unicodedata.normalize("NFKD", one_line(text)).casefold()
    return "".join(each for each in bare if unicodedata.category(each)[0] != "M").translate(_LOOKS)
