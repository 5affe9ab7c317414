"""What people choose for themselves: /settings, /language; and /version."""

import platform

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.people import LanguageTap, SettingsPage, SettingsTap, ZoneTap
from bot.commands import LANGUAGE, SETTINGS, VERSION, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.dialogs import Answers, is_at
from bot.talk.taps import Tap
from bot.typed.zones import find_zones, is_zone
from bot.views.markup import Rendered
from bot.views.settings import (
    Build,
    ask_city,
    hub,
    language_chosen,
    languages,
    version,
    which_zone,
    zone_chosen,
    zones,
)
from bot.words import Words, words_of
from core import __version__
from core.model.errors import Refused
from core.model.people import Language, Person
from core.people.choices import choose_language, choose_zone


class Choosing(StatesGroup):
    """The talk about a time zone."""

    CITY = State()


def make_router() -> Router:
    router = Router(name="settings")
    router.message.register(on_settings, Asks(SETTINGS))
    router.message.register(on_language, Asks(LANGUAGE))
    router.message.register(on_version, Asks(VERSION))
    router.message.register(on_city, Answers(Choosing.CITY))
    router.callback_query.register(on_page, SettingsTap.filter())
    router.callback_query.register(on_language_tap, LanguageTap.filter())
    router.callback_query.register(on_zone_tap, ZoneTap.filter())
    return router


async def on_settings(message: Message, person: Person, app: App, words: Words) -> None:
    await reply(message, hub(person, app.desk.clock.now(), words))


async def on_page(
    _: object,
    callback_data: SettingsTap,
    person: Person,
    app: App,
    tap: Tap,
    words: Words,
    state: FSMContext,
) -> None:
    if callback_data.page is SettingsPage.CITY:
        await state.set_state(Choosing.CITY)
    elif await is_at(state, Choosing.CITY):
        await state.clear()
    await tap.answer()
    await tap.show(_page(callback_data.page, person, app, words))


def _page(page: SettingsPage, person: Person, app: App, words: Words) -> Rendered:
    now = app.desk.clock.now()
    match page:
        case SettingsPage.LANGUAGE:
            return languages(words)
        case SettingsPage.ZONE:
            return zones(now, words)
        case SettingsPage.CITY:
            return ask_city(words)
        case SettingsPage.HUB:
            return hub(person, now, words)


async def on_language(message: Message, argument: str, person: Person, app: App, words: Words) -> None:
    if not argument:
        await reply(message, languages(words))
        return
    changed = await choose_language(app.desk, person, Language(argument.lower()))
    await reply(message, language_chosen(words_of(changed)))


async def on_language_tap(_: object, callback_data: LanguageTap, person: Person, app: App, tap: Tap) -> None:
    changed = await choose_language(app.desk, person, callback_data.language)
    await tap.answer()
    await tap.show(language_chosen(words_of(changed)))


async def on_city(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    """Taken at once when one zone is meant; else the talk goes on."""
    found = find_zones(answer)
    if len(found) != 1:
        await reply(message, which_zone(found, words))
        return
    await state.clear()
    changed = await choose_zone(app.desk, person, found[0])
    await reply(message, zone_chosen(app.desk.clock.now(), words_of(changed)))


async def on_zone_tap(
    _: object, callback_data: ZoneTap, person: Person, app: App, tap: Tap, state: FSMContext
) -> None:
    if not is_zone(callback_data.zone):
        raise Refused("This time zone is not known here.")
    if await is_at(state, Choosing.CITY):
        await state.clear()
    changed = await choose_zone(app.desk, person, callback_data.zone)
    await tap.answer()
    await tap.show(zone_chosen(app.desk.clock.now(), words_of(changed)))


async def on_version(message: Message, app: App, words: Words) -> None:
    async with app.desk.store.read() as tx:
        database = await tx.database.version()
    lasts = app.desk.clock.now() - app.started_at
    build = Build(__version__, platform.python_version(), database, lasts)
    await reply(message, version(build, words))
