"""What places are called, and which one is meant by what a person types."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from core.model.errors import NotFound
from core.model.risk import DESK, Place
from core.model.texts import one_line
from core.ports import Tx

MOST_CANDIDATES = 8
KINDS: Final = ("desk", "account", "source", "instrument")
"""Words that stand before a name, and tell what is meant by it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A place by its name, and of which of the KINDS it is."""

    kind: str
    name: str
    place: Place

    @property
    def form(self) -> str:
        """What names it and nothing else: `account Tom live`."""
        return self.kind if self.place == DESK else f"{self.kind} {self.name}"


THE_DESK = Named("desk", "desk", DESK)


async def known_places(tx: Tx) -> list[Named]:
    """The desk, every account by its label, every source, and the instruments that sources or pins name."""
    accounts, sources = await tx.accounts.all(), await tx.sources.all()
    instruments = {name for source in sources for name in source.instruments}
    instruments |= {name for account in accounts for name in account.symbols}
    return [
        THE_DESK,
        *(Named("account", account.label, Place(account.id)) for account in accounts),
        *(Named("source", source.name, Place(source_id=source.id)) for source in sources),
        *(Named("instrument", name, Place(instrument=name)) for name in sorted(instruments)),
    ]


def find_place(text: str, places: Sequence[Named]) -> tuple[Named, str]:
    """The place that `text` begins with, and what follows it; capitals and spaces do not matter.

    A name may stand alone or after its kind, and the longest one counts; see `_sharpest` for two of the same
    length. Raises NotFound, naming the candidates, when none or several are meant.
    """
    meant, rest = begins_with(text, places)
    if not meant:
        raise NotFound(_unknown(one_line(text).split(), places))
    if len(meant) > 1:
        raise NotFound(f"Which one is meant: {_listed(place.form for place in meant)}?")
    return meant[0], rest


def only_place(text: str, places: Sequence[Named]) -> Named:
    """The place that `text` names and nothing else. Raises NotFound too when something follows the name,
    which would be another name then."""
    meant, rest = find_place(text, places)
    if rest:
        raise NotFound(f"Write the name of one place and nothing after it: {meant.form}")
    return meant


def begins_with(text: str, places: Sequence[Named]) -> tuple[list[Named], str]:
    """All places of the longest name that `text` begins with, none when it begins with no name, and what
    follows it."""
    words, called = one_line(text).split(), _by_call(places)
    for length in range(len(words), 0, -1):
        said = " ".join(words[:length]).lower()
        if said in called:
            return _sharpest(called[said], said, text), " ".join(words[length:])
    return [], " ".join(words)


def _sharpest(meant: list[Named], said: str, text: str) -> list[Named]:
    """Of places that one name may mean: what is named with its kind, as `source alpha` or `desk`, comes
    before an account of that name, then a name as it was typed before one of other capitals or spaces."""
    formed = [place for place in meant if one_line(place.form.lower()) == said] or meant
    typed = f"{text.strip()} "
    exact = [one for one in formed if any(typed.startswith(f"{call} ") for call in (one.name, one.form))]
    return exact or formed


def _by_call(places: Sequence[Named]) -> Mapping[str, list[Named]]:
    """Read once for a text, however many words it has."""
    called: defaultdict[str, list[Named]] = defaultdict(list)
    for place in places:
        for call in _calls(place):
            called[call].append(place)
    return called


def _calls(place: Named) -> set[str]:
    return {one_line(call.lower()) for call in (place.name, place.form)}


def _unknown(words: Sequence[str], places: Sequence[Named]) -> str:
    """Those of nearly that name, else all of that kind, else all."""
    said = " ".join(words[:2]).lower()
    names = {call: place for place in places for call in _calls(place)}
    tries = {said, said.partition(" ")[0], said.partition(" ")[2]} - {""}
    near = [names[call] for one in tries for call in get_close_matches(one, names, cutoff=0.7)]
    of_kind = [place for place in places if words and place.kind == words[0].lower()]
    known = dict.fromkeys(place.form for place in near or of_kind or places)
    return f"Nothing here is called “{' '.join(words[:2])}”. Known: {_listed(iter(known))}."


def _listed(forms: Iterator[str]) -> str:
    names = list(forms)
    more = len(names) - MOST_CANDIDATES
    return ", ".join(names[:MOST_CANDIDATES]) + (f" and {more} more" if more > 0 else "")


async def check_known(tx: Tx, place: Place) -> None:
    """Raises NotFound for an account or a source that is not there (any more)."""
    if place.account_id is not None and await tx.accounts.get(place.account_id) is None:
        raise NotFound("This account is not known here.")
    if place.source_id is not None and place.source_id not in {one.id for one in await tx.sources.all()}:
        raise NotFound("This source is not known here.")


async def name_of(tx: Tx, place: Place) -> str:
    """As a sentence about it begins: `The desk`, `Tom live`, `Source alpha`, `EURUSD`."""
    if place.account_id is not None:
        account = await tx.accounts.get(place.account_id)
        return account.label if account else "An account"
    if place.source_id is not None:
        names = {source.id: source.name for source in await tx.sources.all()}
        return f"Source {names.get(place.source_id, '?')}"
    return place.instrument or "The desk"
