"""Decisions on divergences. What comes of one, the relay shows: it edits every copy of the message."""

from collections.abc import Awaitable, Callable

from aiogram import Router

from bot.buttons.divergences import DivergenceAct, DivergenceTap
from bot.context import App
from bot.delivery.subjects import read_divergence
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.divergences.message import Told, divergence, looked_again, write_off_question
from bot.words import Words
from core.desk import Desk
from core.model.errors import NotFound
from core.model.people import Person
from core.reconciliation.cases import undecided
from core.reconciliation.decisions import accept, adopt, check_again, choose, ignore, restore, write_off

_DECISIONS: dict[DivergenceAct, Callable[[Desk, int, Person], Awaitable[None]]] = {
    DivergenceAct.ADOPT: adopt,
    DivergenceAct.IGNORE: ignore,
    DivergenceAct.ACCEPT: accept,
    DivergenceAct.RESTORE: restore,
    DivergenceAct.WRITE_OFF: write_off,
}


def make_router() -> Router:
    router = Router(name="divergences")
    router.callback_query.register(on_tap, DivergenceTap.filter())
    return router


async def on_tap(
    _: object, callback_data: DivergenceTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """What is too late or not theirs is told at once in the answer; what the terminal says, after it."""
    act, row = callback_data.act, callback_data.row
    await undecided(app.desk, row, person)
    match act:
        case DivergenceAct.CHECK:
            await _check(row, person, app, tap, words)
        case DivergenceAct.ASK_WRITE_OFF:
            await tap.answer()
            told = await _told(row, person, app)
            await tap.show(write_off_question(told, lapses_at(app.desk.clock), words))
        case DivergenceAct.WRITE_OFF if not await _in_time(callback_data, person, app, tap, words):
            return
        case DivergenceAct.BACK:
            await tap.answer()
            await tap.show(divergence(await _told(row, person, app), words))
        case DivergenceAct.CHOOSE:
            async with tap.working(words.label("reply-on-it")):
                await choose(app.desk, row, callback_data.position or 0, person)
        case _:
            async with tap.working(words.label("reply-on-it")):
                await _DECISIONS[act](app.desk, row, person)


async def _in_time(yes: DivergenceTap, person: Person, app: App, tap: Tap, words: Words) -> bool:
    """Whether a write-off is confirmed in time; else the divergence is shown again."""
    again = divergence(await _told(yes.row, person, app), words)
    return await in_time(yes.until, app.desk.clock, tap, words, again)


async def _check(row: int, person: Person, app: App, tap: Tap, words: Words) -> None:
    async with tap.working(words.label("looking")):
        await check_again(app.desk, app.scheduler, row, person)
    await tap.send(looked_again(await _told(row, person, app), words))


async def _told(row: int, person: Person, app: App) -> Told:
    async with app.desk.store.read() as tx:
        told = await read_divergence(tx, row, person)
    if told is None:
        raise NotFound("This difference is not known here.")
    return told
