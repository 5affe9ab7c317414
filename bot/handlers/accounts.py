"""/accounts: the list, one account, its pause, name, symbols, and how it is unlinked."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.accounts import AccountAct, AccountsTap, AccountTap
from bot.commands import ACCOUNTS, Asks
from bot.context import App
from bot.door.access import HasRight
from bot.readings.market import if_soon
from bot.talk.answers import reply
from bot.talk.dialogs import Answers
from bot.talk.questions import in_time, lapses_at
from bot.talk.taps import Tap
from bot.views.accounts import (
    Shown,
    account,
    accounts,
    ask_name,
    ask_symbol,
    pinned,
    refusal,
    renamed,
    symbols,
    unlink_question,
    unlinked,
)
from bot.words import Words
from core.accounts.changing import pin_symbol, rename
from core.accounts.owned import own_account
from core.accounts.pausing import pause_own, resume_own
from core.accounts.refusals import AccountRefused
from core.accounts.unlinking import before_unlinking, unlink
from core.model.accounts import Account
from core.model.errors import NotFound, Stale
from core.model.ids import AccountId
from core.model.people import Person, Right
from core.mt5.errors import NoData
from core.mt5.patience import within
from core.readings import last_reading
from core.status import read_status


class Changing(StatesGroup):
    """What is typed of one account."""

    NAME = State()
    SYMBOL = State()


def make_router() -> Router:
    router = Router(name="accounts")
    router.message.register(on_accounts, Asks(ACCOUNTS))
    router.message.register(on_name, Answers(Changing.NAME), HasRight(Right.LINK))
    router.message.register(on_symbol, Answers(Changing.SYMBOL), HasRight(Right.LINK))
    router.callback_query.register(on_page, AccountsTap.filter())
    router.callback_query.register(on_tap, AccountTap.filter())
    return router


async def on_accounts(message: Message, person: Person, app: App, words: Words) -> None:
    await reply(message, accounts(await _seen(app, person), 0, words, may_link=person.may(Right.LINK)))


async def on_page(
    _: object, callback_data: AccountsTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    await state.clear()
    await tap.answer()
    seen = await _seen(app, person)
    await tap.show(accounts(seen, callback_data.page, words, may_link=person.may(Right.LINK)))


async def on_tap(
    _: object, callback_data: AccountTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    account_id = AccountId(callback_data.account)
    async with refusals_told(tap, words):
        match callback_data.act:
            case AccountAct.SHOW:
                await state.clear()
            case AccountAct.PAUSE:
                await pause_own(app.desk, person, account_id)
                await tap.answer(words.label("accounts-paused"))
            case AccountAct.RESUME:
                await resume_own(app.desk, person, account_id)
                await tap.answer(words.label("accounts-resumed"))
            case _:
                await _ask(callback_data, person, app, tap, words, state)
                return
        await tap.show(account(await _one(app, person, account_id), words))


async def _ask(
    wanted: AccountTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    """What needs another answer of its trader."""
    chosen = await mine(app, person, wanted.account)
    match wanted.act:
        case AccountAct.RENAME:
            await _wait_for(state, Changing.NAME, chosen)
            await tap.show(ask_name(chosen, words))
        case AccountAct.SYMBOLS:
            await state.clear()
            await _show_symbols(app, chosen, tap, words)
        case AccountAct.PIN:
            await _ask_symbol(app, chosen, wanted.choice, tap, words, state)
        case AccountAct.ASK_UNLINK:
            await _ask_unlink(app, person, chosen, tap, words)
        case AccountAct.UNLINK:
            await _unlink(app, person, wanted, tap, words)


async def _wait_for(state: FSMContext, step: State, chosen: Account, **answers: str) -> None:
    await state.set_data({"account": str(chosen.id), **answers})
    await state.set_state(step)


# -- rename


async def on_name(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    account_id = AccountId(UUID((await state.get_data())["account"]))
    try:
        changed = await rename(app.desk, person, account_id, answer)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await state.clear()
    await reply(message, renamed(changed, words))


# -- symbols


async def _show_symbols(app: App, chosen: Account, tap: Tap, words: Words) -> None:
    await tap.answer()
    instruments = await _instruments(app)
    found = await if_soon("symbols", _found(app, chosen, instruments))
    await tap.show(symbols(chosen, found, instruments, words))


async def _instruments(app: App) -> Sequence[str]:
    """Those of all sources."""
    async with app.desk.store.read() as tx:
        return sorted({each for source in await tx.sources.all() for each in source.instruments})


async def _found(app: App, chosen: Account, instruments: Sequence[str]) -> dict[str, str | None]:
    """Raises TerminalError."""
    found: dict[str, str | None] = {}
    async with within():
        session = await app.desk.terminals.session(chosen.id)
        for instrument in instruments:
            if instrument in chosen.symbols:
                continue
            try:
                found[instrument] = await session.find_symbol(instrument)
            except NoData:
                found[instrument] = None
    return found


async def _ask_symbol(
    app: App, chosen: Account, number: int, tap: Tap, words: Words, state: FSMContext
) -> None:
    instruments = await _instruments(app)
    if number >= len(instruments):
        raise Stale("The sources have other instruments now. /accounts shows the symbols.")
    await _wait_for(state, Changing.SYMBOL, chosen, instrument=instruments[number])
    await tap.show(ask_symbol(chosen, instruments[number], words))


async def on_symbol(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    asked = await state.get_data()
    account_id = AccountId(UUID(asked["account"]))
    await mine(app, person, account_id)
    try:
        changed = await pin_symbol(app.desk, person, account_id, asked["instrument"], answer)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await state.clear()
    await reply(message, pinned(changed, asked["instrument"], words))


# -- unlink


async def _ask_unlink(app: App, person: Person, chosen: Account, tap: Tap, words: Words) -> None:
    leaving = await before_unlinking(app.desk, person, chosen.id)
    await tap.answer()
    await tap.send(unlink_question(leaving, lapses_at(app.desk.clock), words))


async def _unlink(app: App, person: Person, wanted: AccountTap, tap: Tap, words: Words) -> None:
    if not await in_time(wanted.until, app.desk.clock, tap, words):
        return
    left = await unlink(app.desk, person, AccountId(wanted.account))
    await tap.answer()
    await tap.show(unlinked(left, words))


# -- what there is


async def _seen(app: App, person: Person) -> Sequence[Shown]:
    """The accounts that the person may see: their own, or the whole desk's."""
    desk_wide = person.may(Right.READ_DESK)
    status = await read_status(app.desk)
    chosen = [each for each in status.accounts if desk_wide or each.account.person_id == person.id]
    async with app.desk.store.read() as tx:
        return [
            Shown(
                each,
                await last_reading(app.desk, tx, each.account.id),
                each.account.person_id == person.id and person.may(Right.LINK),
            )
            for each in chosen
        ]


async def _one(app: App, person: Person, account_id: AccountId) -> Shown:
    """Raises NotFound."""
    for each in await _seen(app, person):
        if each.account.id == account_id:
            return each
    raise _not_theirs()


async def mine(app: App, person: Person, account_id: UUID) -> Account:
    """The person's own. Raises NotAllowed, or NotFound for anybody else's; what may be changed of it is the
    use-case's to say."""
    async with app.desk.store.read() as tx:
        return await own_account(tx, person, AccountId(account_id))


def _not_theirs() -> NotFound:
    return NotFound("This account is not linked for you any more. /accounts shows those that are.")


@asynccontextmanager
async def refusals_told(tap: Tap, words: Words) -> AsyncIterator[None]:
    """What cannot be done is said in the reader's language, in an alert."""
    try:
        yield
    except AccountRefused as error:
        await tap.tell(refusal(error, words))
