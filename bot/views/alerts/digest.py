"""What was held during quiet hours, in one message: grouped, counted, with the newest numbers and times."""

from collections import defaultdict
from collections.abc import Sequence

from bot.views.alerts.told import told
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import Html, bold, lines, paragraphs
from core.model.alerts import Held

GROUPS, LINES = 12, 2


def digest(held: Sequence[Held], words: Words) -> Rendered:
    """Each kind of each account once, by its newest; the kinds in the order of their first."""
    groups: dict[tuple[str, object], list[Held]] = defaultdict(list)
    for each in held:
        groups[each.name, each.data.get("account")].append(each)
    shown = [_group(each, words) for each in list(groups.values())[:GROUPS]]
    more = len(groups) - GROUPS
    rest = words("digest-more", n=more) if more > 0 else None
    return Rendered(paragraphs(bold(words("digest-title", n=len(held))), *shown, rest))


def _group(same: Sequence[Held], words: Words) -> Html:
    """The title with how often and when, and the first lines of the newest: its numbers."""
    newest = same[-1]
    said = told(newest.name, newest.data, words)
    time = words.date_time(newest.at)
    if len(same) == 1:
        head = words("digest-line", head=said.head, time=time)
    else:
        head = words("digest-line-times", head=said.head, n=len(same), time=time)
    return lines(head, *said.body[:LINES])
