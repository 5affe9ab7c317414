"""/alerts: how a person is told of what, and their quiet hours."""

from datetime import time

from aiogram import Router
from aiogram.types import Message

from bot.buttons.alerts import AlertsTap, QuietAct, QuietTap, WishTap
from bot.commands import ALERTS, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.alerts.choices import alerts_page, family_page, quiet_page
from bot.views.markup import Rendered
from bot.words import Words
from core.alerts.choosing import families_for, want_quiet, wish_for_family, wish_for_kind
from core.model.alerts import Family, QuietHours, Wish, Wishes
from core.model.people import Person


def make_router() -> Router:
    router = Router(name="wishes")
    router.message.register(on_alerts, Asks(ALERTS))
    router.callback_query.register(on_page, AlertsTap.filter())
    router.callback_query.register(on_wish, WishTap.filter())
    router.callback_query.register(on_quiet, QuietTap.filter())
    return router


async def on_alerts(message: Message, person: Person, app: App, words: Words) -> None:
    shown = alerts_page(families_for(person), await _wishes(app, person), words)
    await reply(message, shown)


async def on_page(
    _: object, callback_data: AlertsTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    await tap.answer()
    await tap.show(await _page(app, callback_data.family, person, words))


async def on_wish(
    _: object, callback_data: WishTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    if callback_data.kind:
        await wish_for_kind(app.desk, person, callback_data.kind, callback_data.wish)
    else:
        await wish_for_family(app.desk, person, callback_data.family, callback_data.wish or Wish.ON)
    await tap.answer(words.label("alerts-noted"))
    await tap.show(await _page(app, callback_data.family, person, words))


async def on_quiet(
    _: object, callback_data: QuietTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    hours = QuietHours(time(callback_data.begins), time(callback_data.ends))
    if callback_data.act is QuietAct.SHOW:
        await tap.answer()
        return await tap.show(quiet_page(hours, await _wishes(app, person), words))
    await want_quiet(app.desk, person, hours if callback_data.act is QuietAct.SET else None)
    await tap.answer(words.label("alerts-noted"))
    return await tap.show(await _page(app, None, person, words))


async def _page(app: App, family: Family | None, person: Person, words: Words) -> Rendered:
    wishes = await _wishes(app, person)
    if family is None:
        return alerts_page(families_for(person), wishes, words)
    return family_page(family, wishes, person, words)


async def _wishes(app: App, person: Person) -> Wishes:
    async with app.desk.store.read() as tx:
        return (await tx.preferences.of([person.id]))[person.id]
