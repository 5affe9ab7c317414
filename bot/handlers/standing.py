"""/standing: approvals given beforehand, with caps and a consent of their own; revoked by one tap."""

from collections.abc import Sequence
from typing import Final

from aiogram import Router
from aiogram.types import Message

from bot.buttons.cards import StandingAct, StandingTap
from bot.commands import STANDING, Asks
from bot.context import App
from bot.talk.answers import reply
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.standing import (
    Named,
    accepted,
    choose_source,
    consent_view,
    draft_view,
    dropped,
    revoked,
    standing_list,
)
from bot.words import Words
from core.model.accounts import Source
from core.model.errors import NotFound
from core.model.ids import ApprovalId, SourceId
from core.model.people import Person
from core.model.standing import StandingApproval
from core.ports import Tx
from core.risk.limits import day_of
from core.trading.cases import check_mine, find_case
from core.trading.standing import accept, draft, find_mine, revoke, turn

TURNED: Final = {
    StandingAct.ACCOUNT: "account_id",
    StandingAct.LOTS: "max_lots",
    StandingAct.PER_DAY: "max_per_day",
    StandingAct.RISK: "max_open_risk_percent",
    StandingAct.DAYS: "days",
}
"""The cap that each button turns."""


def make_router() -> Router:
    router = Router(name="standing")
    router.message.register(on_standing, Asks(STANDING))
    router.callback_query.register(on_tap, StandingTap.filter())
    return router


async def on_standing(message: Message, person: Person, app: App, words: Words) -> None:
    shown = await _list(person, app, words)
    await reply(message, shown)


async def on_tap(
    _: object, callback_data: StandingTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    match callback_data.act:
        case StandingAct.LIST:
            await tap.send(await _list(person, app, words))
        case StandingAct.NEW:
            await tap.send(choose_source(await _sources(app), words))
        case StandingAct.SOURCE | StandingAct.CARD:
            begun = await _begin(callback_data, person, app)
            await tap.answer()
            await tap.send(draft_view(await _named(app, begun), words))
        case StandingAct.REVOKE:
            ended = await revoke(app.desk, person, callback_data.number, callback_data.version)
            await tap.answer()
            await tap.show(dropped(words) if ended.accepted_at is None else revoked(ended.id, words))
        case _:
            await _set_up(callback_data, person, app, tap, words)


async def _set_up(button: StandingTap, person: Person, app: App, tap: Tap, words: Words) -> None:
    """A step on the way from the caps to the acceptance, in the place of the step before."""
    number, version = button.number, button.version
    match button.act:
        case StandingAct.ACCEPT:
            found, view = await accept(app.desk, person, number, version, button.consent), accepted
        case StandingAct.READ:
            found, view = await _mine(app, person, number, version), consent_view
        case StandingAct.BACK:
            found, view = await _mine(app, person, number, version), draft_view
        case _:
            found, view = await turn(app.desk, person, number, version, TURNED[button.act]), draft_view
    await tap.answer()
    await tap.show(view(await _named(app, found), words))


async def _begin(button: StandingTap, person: Person, app: App) -> StandingApproval:
    """A draft for a source, or for the source and the account of a card of this person."""
    if button.of is None:
        raise NotFound("This button names nothing.")
    if button.act is StandingAct.SOURCE:
        return await draft(app.desk, person, SourceId(button.of))
    async with app.desk.store.read() as tx:
        case = await find_case(tx, ApprovalId(button.of))
    check_mine(case.approval, person)
    return await draft(app.desk, person, case.signal.source_id, case.account.id)


async def _list(person: Person, app: App, words: Words) -> Rendered:
    async with app.desk.store.read() as tx:
        holding = [one for one in await tx.standing.of_person(person.id) if one.holds]
        return standing_list([await _with_names(app, tx, one) for one in holding], words)


async def _sources(app: App) -> Sequence[Source]:
    async with app.desk.store.read() as tx:
        return await tx.sources.all()


async def _mine(app: App, person: Person, number: int, version: int) -> StandingApproval:
    async with app.desk.store.read() as tx:
        return await find_mine(tx, person, number, version)


async def _named(app: App, found: StandingApproval) -> Named:
    async with app.desk.store.read() as tx:
        return await _with_names(app, tx, found)


async def _with_names(app: App, tx: Tx, found: StandingApproval) -> Named:
    account = await tx.accounts.get(found.account_id)
    source = next((one.name for one in await tx.sources.all() if one.id == found.source_id), "?")
    taken = await tx.intents.count_taken(found.account_id, found.source_id, day_of(app.desk.clock.now()))
    return Named(found, account.label if account else "?", source, taken)
