"""/health and its button *Check again*."""

import asyncio
from collections.abc import Sequence

from aiogram import Router
from aiogram.types import Message

from bot.buttons.reports import HealthTap
from bot.commands import HEALTH, Asks
from bot.context import App
from bot.readings.accounts import readable_accounts
from bot.readings.market import if_soon
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.health import DeskHealth, Patient, health, shown_at
from bot.views.markup import Rendered
from bot.words import Words
from core.model.accounts import Account
from core.model.people import Person, Right


def make_router() -> Router:
    router = Router(name="health")
    router.message.register(on_health, Asks(HEALTH))
    router.callback_query.register(on_check, HealthTap.filter())
    return router


async def on_health(message: Message, person: Person, app: App, words: Words) -> None:
    """What the monitor saw last."""
    shown = await _shown(app, person, 0, words)
    await reply(message, shown)


async def on_check(
    _: object, callback_data: HealthTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """Probe the accounts of the page; what does not answer soon is shown as it was."""
    async with tap.working(words.label("health-checking")):
        accounts = await _accounts_of(app, person)
        page = shown_at(_patients(app, accounts), callback_data.page)
        await asyncio.gather(*(if_soon("probe", app.health.check(each.account)) for each in page.items))
    await tap.show(await _shown(app, person, callback_data.page, words))


async def _shown(app: App, person: Person, page: int, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        accounts = await readable_accounts(tx, person)
        oldest = await tx.outbox.oldest_waiting()
    desk = DeskHealth(app.desk.board.pulse, oldest) if person.may(Right.READ_DESK) else None
    return health(_patients(app, accounts), page, desk, app.desk.clock.now(), words)


async def _accounts_of(app: App, person: Person) -> Sequence[Account]:
    async with app.desk.store.read() as tx:
        return await readable_accounts(tx, person)


def _patients(app: App, accounts: Sequence[Account]) -> list[Patient]:
    reports = app.desk.board.reports
    return [Patient(each, reports.get(each.id), _kind(app, each)) for each in accounts]


def _kind(app: App, account: Account) -> str:
    """`DEMO`, `LIVE` or `PAPER`, once the account was read."""
    known = app.desk.board.of(account.id)
    return known.kind if known.read_at else account.kind.upper()
