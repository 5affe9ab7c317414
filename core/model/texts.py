"""Words that people type, as others are shown them."""

import unicodedata


def is_hidden(character: str) -> bool:
    """Of a control or format character: it breaks lines, turns the direction of what follows, or is not seen
    at all, so that a text would not be what it looks like."""
    return unicodedata.category(character) in ("Cc", "Cf")


def one_line(text: str) -> str:
    """The words with one space between them, without hidden characters."""
    return " ".join("".join(each for each in text if each.isspace() or not is_hidden(each)).split())
