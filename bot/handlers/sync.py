"""/sync and its button *Sync now*."""

import asyncio
from collections.abc import Sequence

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import SyncTap
from bot.commands import SYNC, Asks
from bot.context import App
from bot.readings.accounts import readable_accounts
from bot.readings.market import if_soon
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.sync import shown_at, sync
from bot.words import Words
from core.model.people import Person
from core.reconciliation.overview import AccountSync, overview


def make_router() -> Router:
    router = Router(name="sync")
    router.message.register(on_sync, Asks(SYNC))
    router.callback_query.register(on_sync_now, SyncTap.filter())
    return router


async def on_sync(message: Message, person: Person, app: App, words: Words) -> None:
    """What the last syncs saw."""
    shown = await _shown(app, person, 0, words)
    await reply(message, shown)


async def on_sync_now(
    _: object, callback_data: SyncTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """Reconcile the accounts of the page; one that takes longer is shown as it was, and goes on."""
    async with tap.working(words.label("sync-working")):
        page = shown_at(await _seen(app, person), callback_data.page)
        await asyncio.gather(*(if_soon("sync", app.scheduler.now(each.account)) for each in page.items))
    await tap.show(await _shown(app, person, callback_data.page, words))


async def _shown(app: App, person: Person, page: int, words: Words) -> Rendered:
    return sync(await _seen(app, person), page, app.desk.clock.now(), words)


async def _seen(app: App, person: Person) -> Sequence[AccountSync]:
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
    return await overview(app.desk, accounts)
