"""Whose closed trades a report is about: what was typed, or tapped, as far as its person may see it."""

from dataclasses import dataclass
from uuid import UUID

from bot.buttons.reports import About
from bot.readings.accounts import readable_account, readable_accounts
from bot.views.reports import Scope
from bot.words import Words
from core.model.errors import Refused
from core.model.ids import AccountId, SourceId
from core.model.people import Person, Right
from core.model.results import ResultFilter
from core.model.risk import Place
from core.ports import Tx
from core.risk.places import Named, only_place

MOST_TRADES = 5_000
"""Of one report."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about, and which results that are."""

    scope: Scope
    wanted: ResultFilter


def split(argument: str, most: int, words: Words) -> tuple[str, int | None]:
    """`alpha 30`: the name and the number. Raises Refused for a number that is out of range."""
    *name, last = argument.split() or [""]
    if not last.isdecimal():
        return argument.strip(), None
    number = int(last[:9])
    if not 1 <= number <= most:
        raise Refused(words.label("reports-number", most=most))
    return " ".join(name), number


async def named(tx: Tx, person: Person, name: str) -> Subject:
    """What a person has typed. Raises NotFound, naming what there is."""
    accounts = await _accounts(tx, person)
    if not name:
        return Subject(Scope(), ResultFilter(accounts))
    places = [Named("account", one.label, Place(one.id)) for one in await readable_accounts(tx, person)]
    sources = await tx.trades.sources_of(accounts)
    places += [Named("source", source, Place(source_id=number)) for number, source in sources]
    meant = only_place(name, places)
    about = About.ACCOUNT if meant.place.account_id else About.SOURCE
    return await tapped(tx, person, about, meant.place.account_id or meant.place.source_id)


async def tapped(tx: Tx, person: Person, about: About, of: UUID | None) -> Subject:
    """What a button names, as far as this person may see it. Raises NotFound."""
    accounts = await _accounts(tx, person)
    if about is About.ALL or of is None:
        return Subject(Scope(), ResultFilter(accounts))
    if about is About.SOURCE:
        name = dict(await tx.trades.sources_of(accounts)).get(SourceId(of), "")
        return Subject(Scope(name, about, of), ResultFilter(accounts, SourceId(of)))
    account = await readable_account(tx, person, of)
    return Subject(Scope(account.label, about, of), ResultFilter([account.id]))


async def _accounts(tx: Tx, person: Person) -> list[AccountId] | None:
    """Of whom results are shown: None for all of the desk, unlinked accounts too."""
    if person.may(Right.READ_DESK):
        return None
    return [account.id for account in await tx.accounts.of_person(person.id)]
