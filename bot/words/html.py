"""Telegram's HTML, always escaped, and the limits of what it shows."""

from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import accumulate

CAPTION_LIMIT = 1024
TEXT_LIMIT = 4096
ALERT_LIMIT = 200
"""Telegram's limits, in UTF-16 units after the entities were parsed."""


class Html(str):
    """Text that is HTML already; any other is escaped where it is filled in."""

    __slots__ = ()


def plain(text: object, limit: int = TEXT_LIMIT) -> Html:
    """Foreign text, cut to `limit` UTF-16 units with an ellipsis, made harmless; HTML stays what it is."""
    return text if isinstance(text, Html) else Html(escape(clip(str(text), limit), quote=False))


def clip(text: str, limit: int) -> str:
    """The beginning of `text`, at most `limit` UTF-16 units long, never half a character."""
    if _units(text) <= limit:
        return text
    kept = text.encode("utf-16-le")[: (limit - 1) * 2].decode("utf-16-le", errors="ignore")
    return kept.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def sentence(text: str) -> str:
    """With a capital and a full stop, and percent signs that stay with their numbers; nothing is none."""
    whole = (text[:1].upper() + text[1:]).replace(" %", "\N{NO-BREAK SPACE}%")
    if not whole:
        return ""
    return whole if whole.endswith((".", "!", "?", "…")) else f"{whole}."


def bold(text: object, limit: int = TEXT_LIMIT) -> Html:
    return Html(f"<b>{plain(text, limit)}</b>")


def code(text: object, limit: int = TEXT_LIMIT) -> Html:
    return Html(f"<code>{plain(text, limit)}</code>")


def italic(text: object, limit: int = TEXT_LIMIT) -> Html:
    return Html(f"<i>{plain(text, limit)}</i>")


def lines(*parts: str | None) -> Html:
    """The parts that say something, HTML each, one below the other."""
    return Html("\n".join(part for part in parts if part))


def paragraphs(*parts: str | None) -> Html:
    return Html("\n\n".join(part for part in parts if part))


def fitting(parts: Sequence[Html], room: int) -> Sequence[Html]:
    """The first of the paragraphs, as many as take at most `room` units (tags counted, so rather fewer)."""
    sizes = accumulate(_units(part) + len("\n\n") for part in parts)
    return parts[: sum(size <= room for size in sizes)]


def price(value: Decimal, *like: Decimal | None) -> Html:
    """A price as it was given, in plain notation; with the digits of those that it is `like`, if they have
    more: a terminal tells 1.2097 of 1.20970."""
    digits = max(decimals(each) for each in (value, *like) if each is not None)
    return code(f"{value:.{digits}f}")


def decimals(number: Decimal) -> int:
    """How many it was given with; of `number.normalize()` how many say something."""
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
