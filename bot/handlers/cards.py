"""Taps on cards: approve and undo at once, reject after one more tap for the reason, look closer.

A tap is answered before anything slow is begun. What a decision leads to is not shown here: it puts the card
into the outbox, and the relay brings it up to date.
"""

from contextlib import suppress
from uuid import UUID

from aiogram import Bot, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.cards import CardAct, CardTap, ChartTap, RejectReason, RejectTap, SizeTap
from bot.context import App
from bot.delivery.cards import Cards
from bot.door.access import HasRight
from bot.talk.dialogs import Answers
from bot.talk.taps import Tap
from bot.views.cards.buttons import REASONS, reason_buttons
from bot.views.cards.card import REASON_LIMIT, card
from bot.views.cards.details import details
from bot.views.markup import Rendered
from bot.views.standing import open_button
from bot.words import Words
from bot.words.html import clip
from core.model.errors import Refused
from core.model.ids import ApprovalId
from core.model.people import Person, Right
from core.model.texts import one_line
from core.trading.approving import approve, reject, undo
from core.trading.cases import Case, check_decidable, check_mine, find_case, known, open_case
from core.trading.details import details_of
from core.trading.resizing import resize


class Rejecting(StatesGroup):
    """Waiting for a reason in the trader's own words."""

    REASON = State()


def make_router() -> Router:
    router = Router(name="approvals")
    router.callback_query.register(on_card, CardTap.filter())
    router.callback_query.register(on_reject, RejectTap.filter())
    router.callback_query.register(on_size, SizeTap.filter())
    router.callback_query.register(on_chart, ChartTap.filter())
    router.message.register(on_reason, Answers(Rejecting.REASON), HasRight(Right.DECIDE))
    return router


async def on_card(
    _: object, callback_data: CardTap, person: Person, app: App, tap: Tap, cards: Cards, words: Words
) -> None:
    match callback_data.act:
        case CardAct.APPROVE:
            await _approve(callback_data, person, app, tap, cards, words)
        case CardAct.UNDO:
            await _undo(callback_data, person, app, tap, words)
        case _:
            await _look_closer(callback_data, person, app, tap, cards, words)


async def _look_closer(
    button: CardTap, person: Person, app: App, tap: Tap, cards: Cards, words: Words
) -> None:
    """What decides nothing; a stale button is told so in the answer."""
    case = await _decidable(button, person, app)
    match button.act:
        case CardAct.ASK_REASON:
            await tap.answer()
            await tap.show_buttons(reason_buttons(case.approval, words))
        case CardAct.DETAILS:
            await _details(case, app, tap, words)
        case CardAct.BACK | CardAct.CHECK:
            await tap.answer()
            await _show_again(case, cards, tap, words)


async def on_reject(
    _: object, callback_data: RejectTap, person: Person, app: App, tap: Tap, state: FSMContext, words: Words
) -> None:
    case = await _decidable(callback_data, person, app)
    if callback_data.reason is RejectReason.OTHER:
        await tap.answer()
        await tap.send(Rendered(words("card-ask-reason")))
        await state.set_state(Rejecting.REASON)
        await state.set_data({"approval": str(case.approval.id), "version": callback_data.version})
        return
    async with tap.working(""):
        await reject(app.desk, case.approval.id, callback_data.version, person, REASONS[callback_data.reason])


async def on_reason(
    message: Message, answer: str, person: Person, app: App, state: FSMContext, words: Words
) -> None:
    """Words end the talk, whatever comes of it: a card that was decided meanwhile says so."""
    reason = clip(one_line(answer), REASON_LIMIT)
    if not reason:
        await message.answer(words("card-ask-reason"))
        return
    asked = await state.get_data()
    await state.clear()
    await reject(app.desk, ApprovalId(UUID(asked["approval"])), int(asked["version"]), person, reason)


async def on_size(
    _: object, callback_data: SizeTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    case = await _decidable(callback_data, person, app)
    with suppress(Refused):  # the card tells it
        async with tap.working(words.label("card-resizing")):
            await resize(app.desk, case.approval.id, callback_data.version, person, callback_data.factor)


async def on_chart(
    _: object,
    callback_data: ChartTap,
    person: Person,
    app: App,
    tap: Tap,
    cards: Cards,
    bot: Bot,
    words: Words,
) -> None:
    async with app.desk.store.read() as tx:
        case = await find_case(tx, ApprovalId(callback_data.approval))
    check_mine(case.approval, person)
    await tap.answer(words.label("looking"))
    shown, sent = await cards.find(case.approval.id), tap.sent
    if shown is None or sent is None:
        return
    if not await cards.show_chart(bot, sent, shown, callback_data.timeframe, words):
        await tap.tell(words.label("card-no-chart"))


async def _approve(button: CardTap, person: Person, app: App, tap: Tap, cards: Cards, words: Words) -> None:
    """A tap that does not count is told so by its own answer, before any price is looked at."""
    row = known(await cards.row(ApprovalId(button.approval)))
    check_decidable(app.desk, row, button.version, person)
    with suppress(Refused):  # the card tells it
        async with tap.working(words.label("card-checking-price")):
            await approve(app.desk, ApprovalId(button.approval), button.version, person)


async def _undo(button: CardTap, person: Person, app: App, tap: Tap, words: Words) -> None:
    await undo(app.desk, ApprovalId(button.approval), button.version, person)
    await tap.answer(words.label("card-undone"))


async def _details(case: Case, app: App, tap: Tap, words: Words) -> None:
    async with tap.working(words.label("looking")):
        found = await details_of(app.desk, case)
    standing = open_button(case.approval.id, words)
    await tap.show(details(found, case.approval, case.signal, standing, words))


async def _show_again(case: Case, cards: Cards, tap: Tap, words: Words) -> None:
    shown = await cards.find(case.approval.id)
    if shown is not None:
        await tap.show(card(shown, words))


async def _decidable(button: CardTap | RejectTap | SizeTap, person: Person, app: App) -> Case:
    """The case of a button, if this person can still decide it. Raises NotFound, Stale or Refused."""
    async with app.desk.store.read() as tx:
        return await open_case(app.desk, tx, ApprovalId(button.approval), button.version, person)
