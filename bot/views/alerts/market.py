"""What the market guard tells: dangers with their numbers, their end, closes that do not succeed."""

from collections.abc import Callable, Mapping, Sequence

from bot.views.alerts.facts import Facts
from bot.words.html import Html, italic, plain

SENTENCE_LIMIT = 300
SHOWN = 10


def _marked(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    return *_several(facts, "reasons"), *(
        italic(w.told(plan, SENTENCE_LIMIT)) for plan in facts.each("plan")[:SHOWN]
    )


def _ended(facts: Facts) -> Sequence[Html | None]:
    return _several(facts, "reasons")


def _close_fails(facts: Facts) -> Sequence[Html | None]:
    w = facts.words
    left = plain(", ".join(facts.each("positions")), SENTENCE_LIMIT)
    obstacle = w("alert-obstacle", obstacle=facts.clause("obstacle")) if facts.has("obstacle") else None
    return facts.said("reason"), w("alert-still-open", positions=left), obstacle, w("alert-market-act")


def _several(facts: Facts, name: str) -> list[Html]:
    """At most ten sentences; the rest is counted."""
    listed = facts.each(name)
    shown = [facts.words.told(each, SENTENCE_LIMIT) for each in listed[:SHOWN]]
    more = len(listed) - SHOWN
    return [*shown, facts.words("more", n=more)] if more > 0 else shown


MARKET: Mapping[str, Callable[[Facts], Sequence[Html | None]]] = {
    "market_marked": _marked,
    "market_ended": _ended,
    "market_close_fails": _close_fails,
}
