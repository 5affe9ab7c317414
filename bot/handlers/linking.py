"""The wizard that links an account: kind; name and balance, or terminal, login, server, password; yes.
Its last two steps are those of another password for a linked account, too: `renews` is its id then.

A message that is a password, or looks like one, is deleted before anything else is done with it. The
password goes to the terminal and, after a yes, sealed into the database: into no talk and no log.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message

from bot.buttons.accounts import LinkAct, LinkTap, RenewTap
from bot.buttons.risk import read_number
from bot.context import App
from bot.handlers.accounts import refusals_told
from bot.talk.answers import reply
from bot.talk.dialogs import Answers
from bot.talk.secrets import LAPSED, SERVER, Secret, delete, looks_secret
from bot.talk.taps import Tap
from bot.views.accounts import refusal
from bot.views.linking import cancelled, checking, found, linked, question, renewed, wrong
from bot.views.markup import Rendered
from bot.words import Words
from bot.words.html import paragraphs, plain
from core.accounts.linking import Candidate, Wish, check_may_link, check_room, check_unlinked, link
from core.accounts.names import check_name, checked_name
from core.accounts.paper import LEAST, MOST, link_paper
from core.accounts.refusals import AccountRefused, Reason
from core.accounts.renewing import renew, renewable
from core.accounts.terminals import TerminalPlace, free_terminals
from core.model.errors import DeskError, Stale
from core.model.ids import AccountId
from core.model.people import Person

LONGEST_PASSWORD = 64
_LOGIN = re.compile(r"[1-9][0-9]{0,17}")


class Link(StatesGroup):
    """The steps, in order; each question's text and buttons bear the step's name."""

    KIND = State()
    PAPER_NAME = State()
    PAPER_BALANCE = State()
    TERMINAL = State()
    LOGIN = State()
    SERVER = State()
    PASSWORD = Secret()
    CONFIRM = State()


def _name(step: State) -> str:
    """As its question and its buttons bear it."""
    return str(step.state).partition(":")[2].lower()


_BY_NAME: Final = {_name(step): step for step in Link.__states__}
_BEFORE: Final = {
    Link.PAPER_NAME: Link.KIND,
    Link.PAPER_BALANCE: Link.PAPER_NAME,
    Link.TERMINAL: Link.KIND,
    Link.LOGIN: Link.TERMINAL,
    Link.SERVER: Link.LOGIN,
    Link.PASSWORD: Link.SERVER,
    Link.CONFIRM: Link.PASSWORD,
}


def make_router() -> Router:
    """What is typed needs no right here: a password is deleted, whoever has lost which right meanwhile."""
    router = Router(name="linking")
    router.callback_query.register(on_tap, LinkTap.filter())
    router.callback_query.register(on_renew, RenewTap.filter())
    router.message.register(on_password, Answers(Link.PASSWORD, secret=True))
    router.message.register(on_lapsed, Answers(LAPSED, secret=True))
    router.message.register(on_login, Answers(Link.LOGIN, secret=True))
    router.message.register(on_server, Answers(Link.SERVER, secret=True))
    router.message.register(on_paper_name, Answers(Link.PAPER_NAME))
    router.message.register(on_balance, Answers(Link.PAPER_BALANCE))
    router.message.register(on_anything, Answers(Link.KIND, Link.TERMINAL, Link.CONFIRM, secret=True))
    return router


# -- buttons


async def on_tap(
    _: object, callback_data: LinkTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    """A button of a step that is over says so, and loses its place to nobody."""
    if callback_data.act is LinkAct.START:
        await tap.answer()
        await _begin(app, person, tap, words, state)
        return
    step = _BY_NAME.get(callback_data.at)
    if step is None or await state.get_state() != step.state:
        raise Stale(words.label("accounts-link-over"))
    async with refusals_told(tap, words):
        await _chosen(callback_data, step, person, app, tap, words, state)


async def _begin(app: App, person: Person, tap: Tap, words: Words, state: FSMContext) -> None:
    async with refusals_told(tap, words):
        async with app.desk.store.read() as tx:
            await check_room(tx, person, app.linking.ceilings)
        app.linking.candidates.forget(person.id)
        await state.set_data({})
        await tap.send(await _asked(Link.KIND, app, state, words))


async def on_renew(
    _: object, callback_data: RenewTap, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    """Below the account, and below the alert that its login is refused."""
    async with refusals_told(tap, words):
        async with app.desk.store.read() as tx:
            account = await renewable(tx, person, AccountId(callback_data.account))
        app.linking.candidates.forget(person.id)
        await state.set_data({"renews": str(account.id), "login": account.login, "server": account.server})
        await tap.answer()
        await tap.send(await _asked(Link.PASSWORD, app, state, words))


async def _chosen(
    wanted: LinkTap, step: State, person: Person, app: App, tap: Tap, words: Words, state: FSMContext
) -> None:
    match wanted.act:
        case LinkAct.CANCEL:
            app.linking.candidates.forget(person.id)
            was = await state.get_data()
            await state.clear()
            await tap.show(cancelled(was, words))
        case LinkAct.BACK:
            app.linking.candidates.forget(person.id)
            await tap.show(await _asked(await _before(step, state), app, state, words))
        case LinkAct.PAPER:
            await tap.show(await _asked(Link.PAPER_NAME, app, state, words))
        case LinkAct.MT5:
            await tap.show(await _ask_terminal(app, state, words))
        case LinkAct.TERMINAL:
            place = await _free(app, wanted.choice)
            await state.update_data(terminal=place.path)
            await tap.show(await _asked(Link.LOGIN, app, state, words))
        case LinkAct.LINK:
            await _link(person, app, tap, words, state)


async def _before(step: State, state: FSMContext) -> State:
    """The step before, but for a choice of terminals that nobody was given. A renewal has no other step at
    which something is typed, whatever an older message offers: what comes there is a password."""
    given = await state.get_data()
    if "renews" in given:
        return Link.PASSWORD
    chose = given.get("terminals", 0) > 1
    return Link.KIND if step == Link.LOGIN and not chose else _BEFORE.get(step, Link.KIND)


async def _ask_terminal(app: App, state: FSMContext, words: Words) -> Rendered:
    """Which one, where there are several; the only free one is taken. Raises AccountRefused without any."""
    places = await _free_places(app)
    if not places:
        raise AccountRefused(Reason.NO_TERMINAL)
    await state.update_data(terminals=len(places), terminal=places[0].path)
    return await _asked(Link.TERMINAL if len(places) > 1 else Link.LOGIN, app, state, words)


async def _free_places(app: App) -> list[TerminalPlace]:
    async with app.desk.store.read() as tx:
        return list(await free_terminals(tx, app.linking.terminals))


async def _free(app: App, number: int) -> TerminalPlace:
    """The terminal of that number, if it is free still. Raises AccountRefused."""
    places = app.linking.terminals
    if number >= len(places) or places[number] not in await _free_places(app):
        raise AccountRefused(Reason.TERMINAL_BUSY)
    return places[number]


async def _asked(step: State, app: App, state: FSMContext, words: Words) -> Rendered:
    """The talk is at that step now; its question."""
    await state.set_state(step)
    places = app.linking.terminals if step == Link.TERMINAL else ()
    return question(_name(step), await state.get_data(), places, words)


# -- paper


async def on_paper_name(message: Message, answer: str, app: App, words: Words, state: FSMContext) -> None:
    try:
        checked_name(answer)
        async with app.desk.store.read() as tx:
            await check_name(tx, answer)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await state.update_data(name=answer)
    await reply(message, await _asked(Link.PAPER_BALANCE, app, state, words))


async def on_balance(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    balance = _amount(answer)
    if balance is None or not LEAST <= balance <= MOST:
        await message.answer(wrong("balance", words), parse_mode=None)
        return
    name = (await state.get_data())["name"]
    try:
        at, most, weekends = app.linking.paper_folder, app.linking.ceilings, app.linking.paper_weekends
        made = await link_paper(app.desk, person, name, balance, at, most, weekends=weekends)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await state.clear()
    await reply(message, linked(made, words))


def _amount(text: str) -> Decimal | None:
    """`10 000`, `10,000` and `10.000` are ten thousand: nobody begins with fractions of a cent."""
    plain = re.sub(r"[\s']", "", text.upper().removesuffix("USD").strip().strip("$"))
    grouped = re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{3})+", plain)
    return read_number(re.sub("[.,]", "", plain) if grouped else plain)


# -- login, server, password


async def on_login(message: Message, answer: str, app: App, words: Words, state: FSMContext) -> None:
    if _LOGIN.fullmatch(answer) is None:
        await _wrong(message, answer, "login", words)
        return
    await state.update_data(login=int(answer))
    await reply(message, await _asked(Link.SERVER, app, state, words))


async def on_server(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    """Told at once, and before a password is asked for, when the account is linked already."""
    if SERVER.fullmatch(answer) is None or looks_secret(answer):
        await _wrong(message, answer, "server", words)
        return
    await state.update_data(server=answer)
    login = (await state.get_data())["login"]
    try:
        async with app.desk.store.read() as tx:
            await check_unlinked(tx, person, login, answer)
    except AccountRefused as error:
        await message.answer(refusal(error, words), parse_mode=None)
        return
    await reply(message, await _asked(Link.PASSWORD, app, state, words))


async def _wrong(message: Message, answer: str, what: str, words: Words) -> None:
    if looks_secret(answer):
        await delete(message, words)
        await message.answer(words("accounts-link-looks-secret"))
    await message.answer(wrong(what, words), parse_mode=None)


async def on_anything(message: Message, answer: str, words: Words) -> None:
    """At a step that has buttons only."""
    if looks_secret(answer):
        await delete(message, words)
        await message.answer(words("accounts-link-looks-secret"))
    else:
        await message.answer(words("reply-plain-text"))


async def on_lapsed(message: Message, words: Words, state: FSMContext) -> None:
    """After a day of silence; what was written is deleted already."""
    await state.clear()
    await message.answer(words("accounts-link-lapsed"))


async def on_password(
    message: Message, answer: str, person: Person, app: App, words: Words, state: FSMContext
) -> None:
    """The look takes minutes perhaps, and is done beside the person's other taps. What was written is deleted
    already: see `bot.talk.secrets`."""
    check_may_link(person)
    if not 0 < len(answer) <= LONGEST_PASSWORD:
        await message.answer(wrong("password", words), parse_mode=None)
        return
    given = await state.get_data()
    sent = await message.answer(checking(given["login"], given["server"], words).text)
    app.linking.begin(partial(_look, app, person, given, answer, words, state, partial(_tell, sent)))


def _place(app: App, path: str) -> TerminalPlace:
    """Raises AccountRefused when the owner has taken it out of the desk file meanwhile."""
    for place in app.linking.terminals:
        if place.path == path:
            return place
    raise AccountRefused(Reason.NO_TERMINAL)


async def _look(
    app: App,
    person: Person,
    given: Mapping[str, Any],
    password: str,
    words: Words,
    state: FSMContext,
    tell: Callable[[Rendered], Awaitable[None]],
) -> None:
    """What was found is asked about, unless its person has left the step meanwhile."""
    try:
        candidate = await _proven(app, person, given, password)
    except AccountRefused as error:
        again = question("password", given, (), words)
        await tell(Rendered(paragraphs(f"❌ {plain(refusal(error, words))}", again.text), again.keyboard))
        return
    except DeskError as error:
        await tell(Rendered(words.told(str(error))))
        return
    if await _still_asks(state, given):
        app.linking.candidates.keep(candidate)
        await state.set_state(Link.CONFIRM)
        await tell(found(candidate, words))


async def _proven(app: App, person: Person, given: Mapping[str, Any], password: str) -> Candidate:
    """Raises AccountRefused, and NotAllowed or NotFound for what is not theirs any more."""
    if "renews" not in given:
        wish = Wish(_place(app, given["terminal"]), given["login"], given["server"])
        return await app.linking.verifier.verify(app.desk, person, wish, password)
    async with app.desk.store.read() as tx:
        account = await renewable(tx, person, AccountId(UUID(given["renews"])))
    return await app.linking.verifier.prove(app.desk, person, account, password)


async def _still_asks(state: FSMContext, given: Mapping[str, Any]) -> bool:
    now = await state.get_data()
    same = all(now.get(fact) == given.get(fact) for fact in ("login", "server", "terminal", "renews"))
    return same and await state.get_state() == Link.PASSWORD.state


async def _tell(sent: Message, shown: Rendered) -> None:
    """In place of the message that asked for patience."""
    await sent.edit_text(shown.text, reply_markup=shown.keyboard)


async def _link(person: Person, app: App, tap: Tap, words: Words, state: FSMContext) -> None:
    """The password that was found right is stored now; after a restart it is typed once more."""
    candidate: Candidate | None = app.linking.candidates.take(person.id, app.desk.clock.now())
    if candidate is None:
        await tap.answer()
        await tap.show(Rendered(words("accounts-link-again")))
        await tap.send(await _asked(Link.PASSWORD, app, state, words))
        return
    if candidate.renews:
        shown = renewed(await renew(app.desk, person, candidate), words)
    else:
        made = await link(app.desk, person, candidate.account, candidate.password, app.linking.ceilings)
        shown = linked(made, words)
    await state.clear()
    await tap.answer()
    await tap.show(shown)
