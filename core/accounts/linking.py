"""Linking an account: checked against its terminal, shown to its trader, and only then stored.

Between the look and the trader's word the password is in memory alone, for ten minutes.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import uuid4

from core.accounts.names import free_name
from core.accounts.owned import login_refused
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import Ceilings
from core.accounts.terminals import TerminalPlace, free_terminals
from core.accounts.verifying import PATIENCE_S, Found, OpenCandidate, look_into
from core.alerts import alert_owners
from core.bell import ACCOUNTS, OUTBOX
from core.desk import Desk
from core.model.accounts import Account, RiskPolicy, TerminalKind
from core.model.errors import Conflict, NotAllowed
from core.model.events import Event, EventFilter, Json, Priority
from core.model.ids import AccountId, PersonId
from core.model.people import Person, Right
from core.ports import Tx

KEPT_FOR = timedelta(minutes=10)
TRIES, TRIES_WITHIN = 5, timedelta(hours=1)
"""Some brokers lock an account after more wrong passwords; and nobody is to guess one here."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The account that somebody wants to link, and the terminal that is to serve it."""

    place: TerminalPlace
    login: int
    server: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account whose login was right at `at`: not linked yet, or one that `renews` its password."""

    account: Account
    found: Found
    at: datetime
    password: str = field(repr=False)
    renews: bool = False


class Candidates:
    """Who may link what, each for ten minutes; then, or at a restart, it is forgotten."""

    def __init__(self) -> None:
        self._known: dict[PersonId, Candidate] = {}

    def keep(self, candidate: Candidate) -> None:
        """No password stays in memory for want of an answer: not of who leaves, nor of who is forgotten."""
        person = candidate.account.person_id
        self._known[person] = candidate
        loop = asyncio.get_running_loop()
        loop.call_later(KEPT_FOR.total_seconds(), self._end, person, candidate.at)

    def take(self, person: PersonId, now: datetime) -> Candidate | None:
        """The person's, once; None when it is too old, or there is none."""
        known = self._known.pop(person, None)
        return known if known is not None and now - known.at <= KEPT_FOR else None

    def forget(self, person: PersonId) -> None:
        self._known.pop(person, None)

    def _end(self, person: PersonId, at: datetime) -> None:
        """Of what was found then; what was found since has its own end."""
        if person in self._known and self._known[person].at == at:
            self.forget(person)


class Verifier:
    """Looks into terminals for people, one look at a time in each."""

    def __init__(self, open_candidate: OpenCandidate, patience_s: float = PATIENCE_S) -> None:
        self._open = open_candidate
        self._patience_s = patience_s
        self._busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def verify(self, desk: Desk, person: Person, wish: Wish, password: str) -> Candidate:
        """What is there, with the password if it is right. Raises NotAllowed, or AccountRefused."""
        check_may_link(person)
        async with self._alone(wish.place.path):
            account, instruments = await _ready(desk, person, wish)
            found = await self._look(desk, person, account, password, instruments)
        pins = {name: symbol for name, symbol in found.symbols.items() if symbol not in (None, name)}
        pinned = replace(account, symbols={name: symbol for name, symbol in pins.items() if symbol})
        return Candidate(pinned, found, desk.clock.now(), password)

    async def prove(self, desk: Desk, person: Person, account: Account, password: str) -> Candidate:
        """What the terminal of a linked account shows with another password, if that is right and may trade.

        With one that is not, the terminal is logged in again with the one that is kept, unless that is
        refused as well. Raises NotAllowed, or AccountRefused.
        """
        check_may_link(person)
        async with desk.store.read() as tx:
            await _check_tries(tx, person, desk.clock.now())
        async with self._alone(account.terminal_path):
            try:
                found = await self._look(desk, person, account, password)
                _check_trades(found)
            except AccountRefused:
                await _log_in_again(desk, account)
                raise
        return Candidate(account, found, desk.clock.now(), password, renews=True)

    @asynccontextmanager
    async def _alone(self, path: str) -> AsyncIterator[None]:
        """Raises AccountRefused while somebody else's look is in that terminal."""
        busy = self._busy[path]
        if busy.locked():
            raise AccountRefused(Reason.TERMINAL_BUSY)
        async with busy:
            yield

    async def _look(
        self, desk: Desk, person: Person, account: Account, password: str, instruments: Iterable[str] = ()
    ) -> Found:
        try:
            return await look_into(self._open(account, password), instruments, self._patience_s)
        except AccountRefused as refused:
            await _note_failure(desk, person, account, refused.reason)
            raise


def _check_trades(found: Found) -> None:
    """Raises AccountRefused for the investor's password: with that the guard could close nothing any more."""
    if not found.snapshot.account.permissions.account:
        raise AccountRefused(Reason.INVESTOR)


async def _log_in_again(desk: Desk, account: Account) -> None:
    """A terminal that has seen a wrong password may have left the account. A login that is refused is not
    tried once more for that: some brokers lock an account."""
    async with desk.store.read() as tx:
        refused = await login_refused(tx, account.id)
    if not refused:
        await desk.terminals.close(account.id)


async def _ready(desk: Desk, person: Person, wish: Wish) -> tuple[Account, set[str]]:
    """The account as it would be, and the instruments of the sources."""
    async with desk.store.read() as tx:
        await _check_tries(tx, person, desk.clock.now())
        await check_unlinked(tx, person, wish.login, wish.server)
        if wish.place not in await free_terminals(tx, [wish.place]):
            raise AccountRefused(Reason.TERMINAL_BUSY)
        instruments = {each for source in await tx.sources.all() for each in source.instruments}
    label = f"{wish.server} {wish.login}"
    account = Account(
        AccountId(uuid4()), person.id, label, TerminalKind.MT5, wish.place.path, wish.login, wish.server
    )
    return account, instruments


async def _note_failure(desk: Desk, person: Person, account: Account, reason: Reason) -> None:
    data: Json = {"login": str(account.login), "server": account.server, "reason": reason}
    event = Event("account.link_failed", desk.clock.now(), str(person.id), data, person_id=person.id)
    async with desk.store.write() as tx:
        await tx.events.append(event)


async def link(
    desk: Desk, person: Person, account: Account, password: str, ceilings: Ceilings | None = None
) -> Account:
    """Store it; it is watched from now on. Owners are told.

    One that the same person had linked before comes back with its history, its limits and its peak. Raises
    NotAllowed, or AccountRefused when it or its terminal was taken meanwhile.
    """
    check_may_link(person)
    allowed, now = ceilings or Ceilings(), desk.clock.now()
    async with desk.store.write() as tx:
        await check_room(tx, person, allowed)
        await check_unlinked(tx, person, account.login, account.server)
        if not await free_terminals(tx, [TerminalPlace("", account.terminal_path)]):
            raise AccountRefused(Reason.TERMINAL_BUSY)
        linked = await _known_before(tx, account)
        linked = replace(linked, policy=allowed.within(linked.policy), label=await free_name(tx, linked))
        try:
            await tx.accounts.put(linked, password)
        except Conflict as error:
            raise AccountRefused(Reason.LINKED) from error
        data: Json = {"kind": linked.kind, "login": str(linked.login), "server": linked.server}
        await tx.events.append(Event("account.linked", now, linked.label, data, linked.id, person.id))
        told: Json = {"account": linked.label, "name": person.name, "kind": linked.kind}
        await alert_owners(tx, now, "account_linked", told, Priority.NOTICE)
    desk.bell.ring(ACCOUNTS)
    desk.bell.ring(OUTBOX)
    return linked


def check_may_link(person: Person) -> None:
    """Raises NotAllowed."""
    if not person.may(Right.LINK):
        raise NotAllowed("Your role does not permit this.")


async def check_room(tx: Tx, person: Person, ceilings: Ceilings) -> None:
    """Raises AccountRefused when the person has as many accounts as each may have."""
    if len(await tx.accounts.of_person(person.id)) >= ceilings.accounts:
        raise AccountRefused(Reason.TOO_MANY_ACCOUNTS, most=ceilings.accounts)


async def check_unlinked(tx: Tx, person: Person, login: int, server: str) -> None:
    """Raises AccountRefused for an account of the desk, without a word about whose it is."""
    for account in await tx.accounts.all():
        if account.login == login and account.server.casefold() == server.casefold():
            mine = account.person_id == person.id
            raise AccountRefused(
                Reason.LINKED_BY_YOU if mine else Reason.LINKED, account=account.label if mine else ""
            )


async def _known_before(tx: Tx, account: Account) -> Account:
    """With what was kept of it, when its trader had unlinked it."""
    earlier = await tx.accounts.retired(account.person_id, account.login, account.server)
    if earlier is None:
        return account
    policy: RiskPolicy = earlier.policy
    return replace(account, id=earlier.id, label=earlier.label, policy=policy, rules=earlier.rules)


async def _check_tries(tx: Tx, person: Person, now: datetime) -> None:
    wanted = EventFilter(since=now - TRIES_WITHIN, name_prefix="account.link_failed")
    failed = [each.event for each in await tx.events.since(0, wanted, 1_000)]
    rejected = [each for each in failed if each.data["reason"] == Reason.REJECTED]
    if sum(each.person_id == person.id for each in rejected) >= TRIES:
        raise AccountRefused(Reason.TOO_MANY_TRIES, minutes=round(TRIES_WITHIN.total_seconds() / 60))
