"""What accounts may be called: commands tell places by their names, and people in a hurry do, too."""

import re
from typing import Final

from core.accounts.refusals import AccountRefused, Reason
from core.model.accounts import Account
from core.model.texts import is_hidden, is_seen, likeness, one_line
from core.ports import Tx
from core.risk.places import KINDS, known_places

LONGEST_NAME = 32
_KINDS: Final = frozenset(map(likeness, KINDS))
_SPAN = re.compile(r"\d[\d.,]*(?:s|sec|m|mins?|h|hrs?|hours?|d|days?|w|weeks?)", re.IGNORECASE)


def checked_name(name: str) -> str:
    """A name that can be shown on one line, typed again, and told from the words of a command around it.

    Raises AccountRefused with what a name may be.
    """
    if not name or len(name) > LONGEST_NAME or any(map(is_hidden, name)) or not is_seen(name):
        raise AccountRefused(Reason.NAME_FORM, most=LONGEST_NAME)
    if name != one_line(name):
        raise AccountRefused(Reason.NAME_SPACES)
    first, *others = name.split()
    if likeness(first) in _KINDS:
        raise AccountRefused(Reason.NAME_KIND, word=first)
    for word in others:
        if _SPAN.fullmatch(word):
            raise AccountRefused(Reason.NAME_SPAN, word=word)
    return name


async def check_name(tx: Tx, name: str, account: Account | None = None) -> None:
    """Whether nobody takes it, or its beginning, for another place of the desk: what is written to lock that
    one would lock this account. Raises AccountRefused.
    """
    wanted = likeness(name)
    for place in await known_places(tx):
        known = likeness(place.name)
        if account is not None and place.place.account_id == account.id:
            continue
        if known == wanted:
            raise AccountRefused(Reason.NAME_TAKEN)
        if wanted.startswith(f"{known} "):
            raise AccountRefused(Reason.NAME_BEGINS, word=_beginning(name, known))


def _beginning(name: str, of: str) -> str:
    """As its person has typed it: how another one is really called is not told."""
    return " ".join(name.split()[: len(of.split())])


async def free_name(tx: Tx, account: Account) -> str:
    """Its own, with a number after it while another account bears that or one that looks like it."""
    taken = {likeness(other.label) for other in await tx.accounts.all() if other.id != account.id}
    label, number = account.label, 2
    while likeness(label) in taken:
        label, number = f"{account.label} {number}", number + 1
    return label
