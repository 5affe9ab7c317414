"""Decisions on cards: approve at once, reject after one more tap for the reason.

The handlers show nothing of the outcome themselves: the decision puts the card into the outbox, and the
relay brings it up to date.
"""

from aiogram import Router

from bot.access import HasRight
from bot.callbacks import CardAct, CardTap, RejectTap
from bot.context import App
from bot.taps import Tap
from bot.views.card import REASONS, decide_buttons, reason_buttons
from bot.words import Words
from core.model.approvals import Approval
from core.model.errors import NotFound, Stale
from core.model.ids import ApprovalId
from core.model.people import Person, Right
from core.trading.approving import approve, reject


def make_router() -> Router:
    router = Router(name="approvals")
    router.callback_query.register(on_card, CardTap.filter(), HasRight(Right.DECIDE))
    router.callback_query.register(on_reject, RejectTap.filter(), HasRight(Right.DECIDE))
    return router


async def on_card(
    _: object, callback_data: CardTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    match callback_data.act:
        case CardAct.APPROVE:
            await _approve(callback_data, person, app, tap, words)
        case CardAct.ASK_REASON:
            approval = await _open_approval(callback_data, person, app)
            await tap.answer()
            await tap.show_buttons(reason_buttons(approval))
        case CardAct.BACK:
            approval = await _open_approval(callback_data, person, app)
            await tap.answer()
            await tap.show_buttons(decide_buttons(approval))


async def on_reject(_: object, callback_data: RejectTap, person: Person, app: App, tap: Tap) -> None:
    reason = REASONS[callback_data.reason]
    await reject(app.desk, ApprovalId(callback_data.approval), callback_data.version, person, reason)
    await tap.answer()


async def _approve(button: CardTap, person: Person, app: App, tap: Tap, words: Words) -> None:
    async with tap.working(words.label("reply-checking-price")):
        await approve(app.desk, ApprovalId(button.approval), button.version, person)


async def _open_approval(button: CardTap, person: Person, app: App) -> Approval:
    """The approval of a button, if it can still be decided by this person. Raises NotFound or Stale."""
    async with app.desk.store.read() as tx:
        approval = await tx.approvals.get(ApprovalId(button.approval))
    if approval is None or approval.person_id != person.id:
        raise NotFound("This card is not yours.")
    if not approval.is_open:
        raise Stale(f"This signal is already {approval.state}.")
    if approval.version != button.version:
        raise Stale("This button is stale; the card has changed.")
    return approval
