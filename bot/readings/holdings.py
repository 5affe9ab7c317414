"""What accounts hold, read for people: positions with their source, pending orders, what is on its way."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal

from bot.context import App
from bot.readings.accounts import readable_accounts
from bot.readings.market import if_soon
from bot.views.book import Book
from core.model.accounts import Account
from core.model.ids import AccountId
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.model.risk import Mark
from core.model.trades import IntentState
from core.ports import Tx
from core.readings import last_reading

LIVE_AT_MOST = 8
"""So many accounts are read at the terminals for one message; of more the last readings are shown."""


_Live = tuple[MT5AccountSnapshot, Mapping[str, Decimal]]


async def read_books(app: App, person: Person) -> Sequence[Book]:
    """The accounts that the person may see, as the terminals show them now, else as read last."""
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
    live = await _read_live(app, accounts) if len(accounts) <= LIVE_AT_MOST else [None] * len(accounts)
    async with app.desk.store.read() as tx:
        desk = await _known(tx)
        return [await _book(app, tx, desk, *each, person) for each in zip(accounts, live, strict=True)]


async def read_book(app: App, person: Person, account: Account) -> Book:
    """One of them."""
    [live] = await _read_live(app, [account])
    async with app.desk.store.read() as tx:
        return await _book(app, tx, await _known(tx), account, live, person)


async def _read_live(app: App, accounts: Sequence[Account]) -> Sequence[_Live | None]:
    reads = (if_soon("positions", _live(app, account)) for account in accounts)
    return await asyncio.gather(*reads)


async def _live(app: App, account: Account) -> _Live:
    session = await app.desk.terminals.session(account.id)
    snapshot = await session.snapshot()
    contracts = await session.contracts(position.symbol for position in snapshot.positions)
    return snapshot, {symbol: contract.pip for symbol, contract in contracts.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """Of all accounts in two queries: a thousand that hold nothing are not asked for one by one."""

    marks: Mapping[AccountId, Sequence[Mark]]
    busy: AbstractSet[AccountId]


async def _known(tx: Tx) -> _Known:
    marks: defaultdict[AccountId, list[Mark]] = defaultdict(list)
    for mark in await tx.marks.lasting():
        marks[mark.account_id].append(mark)
    return _Known(marks, await tx.intents.accounts_with_unfinished())


async def _book(app: App, tx: Tx, desk: _Known, account: Account, live: _Live | None, person: Person) -> Book:
    snapshot, pips = live or (await last_reading(app.desk, tx, account.id), {})
    coming = await tx.intents.unfinished(account.id) if account.id in desk.busy else ()
    holds = snapshot is not None and bool(snapshot.positions)
    return Book(
        account,
        snapshot,
        desk.marks.get(account.id, ()),
        await _sources(tx, account) if holds else {},
        pips,
        [intent for intent in coming if intent.state is not IntentState.PLACED],
        mine=account.person_id == person.id and person.may(Right.CLOSE_OWN),
    )


async def _sources(tx: Tx, account: Account) -> dict[int, str]:
    """Of each position that the desk has opened for a signal."""
    found = {}
    for trade in await tx.trades.open_of(account.id):
        signal = await tx.signals.get(trade.signal_id) if trade.signal_id else None
        if signal is not None:
            found[trade.position] = signal.source_name
    return found
