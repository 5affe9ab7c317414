"""/signals: what came in, and what became of each signal on the accounts that the reader may see."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.types import Message

from bot.buttons.signals import SignalsTap, SignalTap, WithdrawTap
from bot.commands import SIGNALS, Asks
from bot.context import App
from bot.delivery.cards import read_card
from bot.talk.answers import reply
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.markup import Rendered
from bot.views.pages import Page
from bot.views.signals import (
    Fate,
    Listed,
    SignalSeen,
    kept,
    one_signal,
    signals,
    undecided,
    withdraw_question,
    withdrawn,
)
from bot.words import Words
from core.intake.composing import withdraw
from core.model.approvals import Approval, ApprovalState
from core.model.errors import Conflict, NotFound
from core.model.ids import SignalId, SourceId
from core.model.people import Person, Right
from core.model.signals import Signal, SignalFilter
from core.ports import Tx


def make_router() -> Router:
    router = Router(name="signals")
    router.message.register(on_signals, Asks(SIGNALS))
    router.callback_query.register(on_page, SignalsTap.filter())
    router.callback_query.register(on_signal, SignalTap.filter())
    router.callback_query.register(on_withdraw, WithdrawTap.filter())
    return router


async def on_signals(message: Message, person: Person, app: App, words: Words) -> None:
    await reply(message, await _page(app, person, SignalsTap(), words))


async def on_page(
    _: object, callback_data: SignalsTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    await tap.answer()
    await tap.show(await _page(app, person, callback_data, words))


async def on_signal(
    _: object, callback_data: SignalTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """A message of its own when it is asked for in the list; the same one when it is looked at again."""
    seen = await _seen(app, person, SignalId(callback_data.signal))
    await tap.answer()
    shown = one_signal(seen, words)
    await (tap.show(shown) if callback_data.again else tap.send(shown))


async def on_withdraw(
    _: object, callback_data: WithdrawTap, person: Person, app: App, tap: Tap, words: Words
) -> None:
    """Asked first, in a message of its own, with the number of cards."""
    if callback_data.keep:
        await tap.show(kept(words))
        return
    signal_id, clock = SignalId(callback_data.signal), app.desk.clock
    if not callback_data.until:
        seen = await _seen(app, person, signal_id)
        if not undecided(seen):
            raise Conflict("Nobody has this signal to decide any more.")
        await tap.answer()
        await tap.send(withdraw_question(seen.signal, undecided(seen), lapses_at(clock), words))
        return
    if not await in_time(callback_data.until, clock, tap, words):
        return
    done = await withdraw(app.desk, person, signal_id)
    await tap.answer()
    await tap.show(withdrawn(done, words))


async def _page(app: App, person: Person, asked: SignalsTap, words: Words) -> Rendered:
    """Of a trader: the signals that they had a card of."""
    theirs = None if person.may(Right.READ_DESK) else person.id
    source = SourceId(asked.source) if asked.source else None
    wanted = SignalFilter(source, asked.state, theirs)
    async with app.desk.store.read() as tx:
        there: Page[Listed] = Page.of(await tx.signals.count(wanted), asked.page)
        found = await tx.signals.page(wanted, there.size, there.offset)
        listed = await _listed(tx, person, found)
        sources = await tx.sources.all()
    return signals(there.holding(listed), wanted, sources, asked.act, words)


async def _listed(tx: Tx, person: Person, found: Sequence[Signal]) -> list[Listed]:
    if person.may(Right.READ_DESK):
        tally = await tx.approvals.tally([signal.id for signal in found])
        return [Listed(signal, tally.get(signal.id, {})) for signal in found]
    return [Listed(signal, _states(await _approvals(tx, person, signal.id))) for signal in found]


def _states(approvals: Sequence[Approval]) -> dict[ApprovalState, int]:
    states = [approval.state for approval in approvals]
    return {state: states.count(state) for state in states}


async def _approvals(tx: Tx, person: Person, signal: SignalId) -> list[Approval]:
    """Those that the person may see: never another trader's, for a trader."""
    found = await tx.approvals.of_signal(signal)
    return [one for one in found if person.may(Right.READ_DESK) or one.person_id == person.id]


async def _seen(app: App, person: Person, signal_id: SignalId) -> SignalSeen:
    """Raises NotFound for one that the person may not see, as for one that does not exist."""
    async with app.desk.store.read() as tx:
        signal = await tx.signals.get(signal_id)
        approvals = await _approvals(tx, person, signal_id)
        if signal is None or not (approvals or person.may(Right.READ_DESK)):
            raise NotFound("This signal is not known here any more.")
        names = {each.id: each.name for each in await tx.people.all()}
        names[person.id] = ""  # they know whose it is
        fates = [await _fate(tx, one, names.get(one.person_id, "")) for one in approvals]
        received = await tx.events.last("signal.received", str(signal_id))
        withheld = await tx.events.last("signal.withheld", str(signal_id))
    composer = str(received.data.get("by", "")) if received else ""
    reason = str(withheld.data.get("reason", "")) if withheld else ""
    return SignalSeen(signal, [fate for fate in fates if fate], composer, reason, person.may(Right.COMPOSE))


async def _fate(tx: Tx, approval: Approval, trader: str) -> Fate | None:
    shown = await read_card(tx, approval.id)
    if shown is None:
        return None
    outcome = shown.outcome and replace(shown.outcome, pip=shown.outcome.intent.pip)
    return Fate(shown.approval, shown.account, trader, shown.currency, outcome)
