"""What accounts hold, read for people: positions with their source, pending orders, what is on its way."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bot.access import readable_accounts
from bot.context import App
from bot.delivery.market import if_soon
from bot.views.book import Book
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.model.people import Person, Right
from core.model.trades import IntentState
from core.ports import Tx

LIVE_AT_MOST = 8
"""So many accounts are read at the terminals for one message; of more the last readings are shown."""


_Live = tuple[MT5AccountSnapshot, Mapping[str, Decimal]]


async def read_books(app: App, person: Person) -> Sequence[Book]:
    """The accounts that the person may see, as the terminals show them now, else as read last."""
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
    live = await _read_live(app, accounts) if len(accounts) <= LIVE_AT_MOST else [None] * len(accounts)
    async with app.desk.store.read() as tx:
        return [await _book(app, tx, *each, person) for each in zip(accounts, live, strict=True)]


async def read_book(app: App, person: Person, account: Account) -> Book:
    """One of them."""
    [live] = await _read_live(app, [account])
    async with app.desk.store.read() as tx:
        return await _book(app, tx, account, live, person)


async def _read_live(app: App, accounts: Sequence[Account]) -> Sequence[_Live | None]:
    reads = (if_soon("positions", _live(app, account)) for account in accounts)
    return await asyncio.gather(*reads)


async def _live(app: App, account: Account) -> _Live:
    session = await app.desk.terminals.session(account.id)
    snapshot = await session.snapshot()
    contracts = await session.contracts(position.symbol for position in snapshot.positions)
    return snapshot, {symbol: contract.pip for symbol, contract in contracts.items()}


async def _book(app: App, tx: Tx, account: Account, live: _Live | None, person: Person) -> Book:
    known = app.desk.board.snapshots.get(account.id)
    snapshot, pips = live or (known or await tx.snapshots.latest(account.id), {})
    coming = await tx.intents.unfinished(account.id)
    return Book(
        account,
        snapshot,
        await tx.marks.lasting(account.id),
        await _sources(tx, account),
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
