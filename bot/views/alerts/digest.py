"""What was held during quiet hours: grouped, counted, and every fact told before it is forgotten."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.views.alerts.told import Told, told
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs
from core.model.alerts import Held

FACTS, LINES = 12, 2


@dataclass(frozen=True, slots=True)
class Digest:
    """A message, and the number of the last alert of which it tells: those after it are for the next one."""

    shown: Rendered
    last: int


def digest(held: Sequence[Held], words: Words) -> Digest:
    """As many as one message holds, the oldest first; of the same fact, however often, only how often."""
    page = _first(held, words)
    groups: dict[tuple[str, object], list[tuple[Held, Told]]] = defaultdict(list)
    for each, said in page:
        groups[each.name, each.data.get("account")].append((each, said))
    more = len(held) - len(page)
    rest = words("more", n=more) if more > 0 else None
    title = bold(words("digest-title", n=len(page)))
    text = paragraphs(title, *(_group(each, words) for each in groups.values()), rest)
    return Digest(Rendered(text), page[-1][0].id)


def _first(held: Sequence[Held], words: Words) -> list[tuple[Held, Told]]:
    """Up to the first that tells of one fact too many."""
    page: list[tuple[Held, Told]] = []
    facts: set[Html] = set()
    for each in held:
        said = told(each.name, each.data, words)
        facts.add(_fact(said))
        if len(facts) > FACTS:
            break
        page.append((each, said))
    return page


def _fact(said: Told) -> Html:
    """Its title, and the lines with its numbers."""
    return lines(said.head, *said.body[:LINES])


def _group(same: Sequence[tuple[Held, Told]], words: Words) -> Html:
    """The title with how often and when, and the first lines of each that says something else."""
    newest, said = same[-1]
    time = words.date_time(newest.at)
    if len(same) == 1:
        head = words("digest-line", head=said.head, time=time)
    else:
        head = words("digest-line-times", head=said.head, n=len(same), time=time)
    bodies = dict.fromkeys(lines(*each.body[:LINES]) for _, each in same)
    return lines(head, *(body for body in bodies if body))
