"""The risk of an account: settings shown, picked or typed, restated, and changed."""

from uuid import UUID

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.accounts import RiskAct, RiskTap
from bot.buttons.risk import CODES, NONE, TYPED, name_of, packed, read_number, version_of, with_value
from bot.context import App
from bot.door.access import HasRight
from bot.handlers.accounts import mine, refusals_told
from bot.talk.answers import reply
from bot.talk.dialogs import Answers
from bot.talk.taps import Tap
from bot.typed.hours import read_hours
from bot.views.accountrisk import Change, ask_value, changed, confirm, risk, setting
from bot.views.accounts import refusal
from bot.views.markup import Rendered
from bot.words import Words
from core.accounts.changing import change_policy
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.settings import check_agreement
from core.model.accounts import Account
from core.model.people import Person, Right
from core.model.policies import Hours
from core.readings import last_drawdown


class Typing(StatesGroup):
    """Another value of a setting."""

    VALUE = State()


def make_router() -> Router:
    router = Router(name="risk")
    router.message.register(on_value, Answers(Typing.VALUE), HasRight(Right.LINK))
    router.callback_query.register(on_risk, RiskTap.filter())
    return router


async def on_risk(
    _: object, callback_data: RiskTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    chosen = await mine(app, person, callback_data.account)
    if callback_data.act is RiskAct.LIST:
        await state.clear()
        await tap.show(risk(chosen, words))
        return
    name = name_of(callback_data.setting)
    async with refusals_told(tap, words):
        match callback_data.act:
            case RiskAct.SHOW:
                await state.clear()
                await tap.show(setting(chosen, name, app.linking.ceilings, words))
            case RiskAct.TYPE:
                await _ask(chosen, name, state)
                await tap.show(ask_value(chosen, name, app.linking.ceilings, words))
            case RiskAct.PICK:
                await tap.show(await _confirmed(app, chosen, name, callback_data.value, words))
            case RiskAct.SET:
                await _set(callback_data, chosen, person, app, tap, words, state)


async def _ask(chosen: Account, name: str, state: FSMContext) -> None:
    await state.set_data({"account": str(chosen.id), "setting": CODES[name]})
    await state.set_state(Typing.VALUE)


async def on_value(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    asked = await state.get_data()
    chosen = await mine(app, person, UUID(asked["account"]))
    name = name_of(asked["setting"])
    hours, typed = _read(name, answer, person)
    if typed is None:
        await message.answer(words("accounts-bad-hours" if name == "hours" else "accounts-bad-number"))
        return
    try:
        question = await _confirmed(app, chosen, name, typed, words, hours)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await state.update_data(typed=answer)
    await reply(message, question)


def _read(name: str, answer: str, person: Person) -> tuple[Hours | None, str | None]:
    """Hours, and what a button carries; None for what is no value."""
    if name == "hours":
        hours = read_hours(answer, person.zone)
        return hours, TYPED if hours else None
    number = read_number(answer)
    return None, None if number is None else packed(number)


async def _confirmed(
    app: App, chosen: Account, name: str, typed: str, words: Words, hours: Hours | None = None
) -> Rendered:
    """The question before the change. Raises AccountRefused for what would not be taken."""
    if chosen.of_desk_file:
        raise AccountRefused(Reason.DESK_FILE)
    after = with_value(chosen.policy, name, typed, hours)
    app.linking.ceilings.check(after)
    check_agreement(after)
    async with app.desk.store.read() as tx:
        drawdown = await last_drawdown(app.desk, tx, chosen.id)
    return confirm(chosen, Change(name, typed, after), drawdown, words)


async def _set(
    wanted: RiskTap, chosen: Account, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    """Unless the policy is another than the one that the question restated."""
    name = name_of(wanted.setting)
    hours = None
    if name == "hours" and wanted.value == TYPED:
        hours = read_hours((await state.get_data()).get("typed", ""), person.zone)
    gone = name == "hours" and wanted.value != NONE and hours is None
    if gone or version_of(chosen.policy) != wanted.version:
        await tap.answer(words.label("accounts-stale"), alert=True)
        await tap.show(risk(chosen, words))
        return
    after = with_value(chosen.policy, name, wanted.value, hours)
    done = await change_policy(app.desk, person, chosen.id, chosen.policy, after, app.linking.ceilings)
    await state.clear()
    await tap.answer()
    await tap.show(changed(done, name, words))
