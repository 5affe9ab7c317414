"""The wizard that links an account: steps, wrong answers, passwords that vanish, a restart in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from sqlalchemy import text

from bot.buttons.accounts import LinkAct, LinkTap, RenewTap
from bot.context import App
from bot.delivery import Relay
from bot.sandbox import SandboxClient
from bot.talk.dialogs import SILENCE
from bot.talk.looks import Linking
from bot.telegram.dispatcher import make_dispatcher
from bot.telegram.polling import Polling
from core.accounts.linking import Candidates, Verifier
from core.accounts.terminals import TerminalPlace
from core.bell import OUTBOX
from core.health.confirmation import Change
from core.health.findings import Circumstances, Limits, judge
from core.health.report import Report
from core.health.telling import tell
from core.model.accounts import Account, Source, TerminalKind
from core.model.clock import Clock
from core.model.incidents import Trouble
from core.model.people import Person, Role
from core.mt5.access import Login
from core.mt5.breaker import State
from core.mt5.connection import Connection
from core.mt5.errors import AuthenticationFailed
from core.mt5.probe import Sight
from core.mt5.session import Session
from core.mt5.terminal import Terminal
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account as PaperAccount
from core.people.roles import block
from storage.store import SqlStore
from tests.bot.stage import Cast, QuickClock
from tests.bot.wording import ENGLISH
from tests.fakes.links import InProcess

LOGIN, SERVER, PASSWORD = "80001", "Broker-Demo", "Hun7er!two"

Write = Callable[[Person, str, str], Awaitable[dict[str, Any]]]


class Gate:
    """Holds the terminal's answers back while it is shut."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.opened.set()

    async def passes(self, _: str) -> None:
        await self.opened.wait()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Hands]:
    """At which Ann has 5,000 USD."""
    broker = Hands.on(tmp_path / "broker.book", MarketPlan(seed=7))
    holder = PaperAccount(login=int(LOGIN), name="Ann <1>", server=SERVER, leverage=200)
    broker.open_account(holder, PASSWORD, 5_000)
    yield broker
    broker.close_book()


@pytest.fixture
def places(tmp_path: Path, broker: Hands) -> tuple[TerminalPlace, ...]:
    """Two terminals of that broker."""
    made = tuple(TerminalPlace(f"Terminal {n}", str((tmp_path / f"terminal-{n}").resolve())) for n in (1, 2))
    for place in made:
        install_terminal(Path(place.path), tmp_path / "broker.book")
    return made


@pytest.fixture
def app(app: App, places: tuple[TerminalPlace, ...], gate: Gate, clock: Clock, tmp_path: Path) -> App:
    def open_candidate(account: Account, password: str) -> Session:
        login = Login(account.terminal_path, account.login, account.server, password, timeout_ms=200)
        terminal = Terminal(InProcess(before=gate.passes), name=account.label)
        return Session(Connection(terminal, login, clock, watch=("EURUSD",)))

    return replace(app, linking=Linking(places[:1], tmp_path / "paper", verifier=Verifier(open_candidate)))


@pytest.fixture
async def looking(app: App, running: None) -> AsyncIterator[None]:
    task = asyncio.create_task(app.linking.run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def writing(people: SandboxClient) -> Write:
    """Write, and read the answer that contains a text."""

    async def write(person: Person, words: str, answer: str) -> dict[str, Any]:
        said = await people.say(person.telegram_id, words)
        return await people.wait_for(person.telegram_id, answer, after=said["message_id"])

    return write


@pytest.fixture
def say(people: SandboxClient, looking: None, source: Source) -> Write:
    return writing(people)


async def tap(people: SandboxClient, person: Person, label: str, answer: str) -> None:
    await people.tap(person.telegram_id, label)
    await people.wait_for(person.telegram_id, answer)


async def begin(people: SandboxClient, person: Person, say: Write) -> None:
    await say(person, "/accounts", "Accounts")
    await tap(people, person, "➕ Link an account", "Link an account")


async def until_password(people: SandboxClient, person: Person, say: Write) -> None:
    await begin(people, person, say)
    await tap(people, person, "MetaTrader 5", "Type the login")
    await say(person, LOGIN, "Type the server")
    await say(person, SERVER, "Type the main password")


async def texts(people: SandboxClient, person: Person) -> list[str]:
    return [str(message["text"]) for message in await people.messages(person.telegram_id)]


async def linked(app: App, person: Person) -> list[Account]:
    async with app.desk.store.read() as tx:
        return [one for one in await tx.accounts.of_person(person.id) if one.kind is TerminalKind.MT5]


async def test_from_the_list_to_a_linked_account(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await begin(people, cast.tara, say)
    await tap(people, cast.tara, "MetaTrader 5", "Type the login")
    await say(cast.tara, "12a", "A login is a number")
    await say(cast.tara, LOGIN, "Type the server")
    await say(cast.tara, "?", "A server's name has")
    await say(cast.tara, SERVER, f"main password of {LOGIN} at {SERVER}")
    await say(cast.tara, PASSWORD, "The login is right")
    [found] = [one for one in await texts(people, cast.tara) if "The login is right" in one]
    for fact in (
        "DEMO",
        f"{LOGIN} at {SERVER}",
        "Ann <1>",
        "leverage 1:200 · hedging",
        "5,000.00\xa0USD",
        "EURUSD",
    ):
        assert fact in found
    assert await linked(app, cast.tara) == []
    await tap(people, cast.tara, "Link it", "is linked and watched")
    [account] = await linked(app, cast.tara)
    assert (account.login, account.server, account.label) == (int(LOGIN), SERVER, f"{SERVER} {LOGIN}")
    assert account.terminal_path == app.linking.terminals[0].path


async def test_no_password_stays_anywhere(
    app: App,
    store: SqlStore,
    people: SandboxClient,
    cast: Cast,
    say: Write,
    logs: list[MutableMapping[str, Any]],
) -> None:
    await until_password(people, cast.tara, say)
    await say(cast.tara, "Wr0ng!one", "The broker does not accept this login")
    await say(cast.tara, PASSWORD, "The login is right")
    await tap(people, cast.tara, "Link it", "is linked and watched")
    for secret in (PASSWORD, "Wr0ng!one"):
        assert not any(secret in each for each in await texts(people, cast.tara))
        assert not any(secret in str(call) for call in await people.calls())
        assert not any(secret in str(entry) for entry in logs)
    async with store.database.readers.begin() as connection:
        for table in ("dialogs", "events", "outbox", "accounts"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608
            assert PASSWORD not in str(rows)


@pytest.mark.parametrize("slashed", ["/Sl4sh!pass", "/h@rdPass1", "/st@cked-9", PASSWORD])
async def test_a_password_is_deleted_before_it_is_tried(
    people: SandboxClient, cast: Cast, say: Write, gate: Gate, slashed: str
) -> None:
    await until_password(people, cast.tara, say)
    gate.opened.clear()
    await say(cast.tara, slashed, "Logging in to")
    assert slashed not in await texts(people, cast.tara)
    gate.opened.set()


async def test_a_password_that_comes_too_early_is_deleted_too(
    people: SandboxClient, cast: Cast, say: Write
) -> None:
    await begin(people, cast.tara, say)
    await say(cast.tara, PASSWORD, "looked like a password")
    await tap(people, cast.tara, "MetaTrader 5", "Type the login")
    await say(cast.tara, PASSWORD, "looked like a password")
    await say(cast.tara, LOGIN, "Type the server")
    await say(cast.tara, PASSWORD, "looked like a password")
    assert PASSWORD not in await texts(people, cast.tara)
    await say(cast.tara, SERVER, "Type the main password")


async def test_who_may_link_no_more_leaves_no_password_either(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await until_password(people, cast.tara, say)
    async with app.desk.store.write() as tx:
        await tx.people.put(replace(cast.tara, roles=frozenset({Role.VIEWER})))
    await say(cast.tara, PASSWORD, "Your role does not permit this.")
    assert PASSWORD not in await texts(people, cast.tara)


async def test_who_is_blocked_meanwhile_leaves_no_password_either(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await until_password(people, cast.tara, say)
    await block(app.desk, cast.owner, cast.tara.id)
    for secret in (PASSWORD, "/h@rdPass1", "correct horse battery"):
        await people.say(cast.tara.telegram_id, secret)
        await people.until(partial(texts, people, cast.tara), partial(_without, secret))


def _without(secret: str, seen: list[str]) -> bool:
    return secret not in seen


async def test_a_password_that_comes_a_day_later_is_deleted_and_tried_nowhere(
    app: App, people: SandboxClient, cast: Cast, say: Write, clock: QuickClock
) -> None:
    await until_password(people, cast.tara, say)
    await clock.sleep(SILENCE.total_seconds() + 1)
    await say(cast.tara, "/locks", "Nothing is locked")
    await say(cast.tara, "/h@rd pass", "The question for one lapses")
    assert "/h@rd pass" not in await texts(people, cast.tara)
    assert "/locks" in await texts(people, cast.tara)
    await say(cast.tara, "good morning", "I only understand commands")


async def test_a_command_at_the_password_is_still_one(people: SandboxClient, cast: Cast, say: Write) -> None:
    await until_password(people, cast.tara, say)
    await say(cast.tara, "/locks", "Nothing is locked")
    assert "/locks" not in await texts(people, cast.tara), "deleted before it was looked at"
    await say(cast.tara, PASSWORD, "The login is right")


async def test_who_has_to_delete_a_password_is_told(people: SandboxClient, cast: Cast, say: Write) -> None:
    await until_password(people, cast.tara, say)
    await people.fault("deleteMessage", 400, description="Bad Request: message can't be deleted", times=1)
    await say(cast.tara, PASSWORD, "Please delete it yourself now")
    await people.wait_for(cast.tara.telegram_id, "The login is right")


async def test_a_wrong_password_leaves_the_wizard_where_it_was(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await until_password(people, cast.tara, say)
    for wrong in ("wrong-1", "wrong-2"):
        await say(cast.tara, wrong, "The broker does not accept this login")
    await say(cast.tara, PASSWORD, "The login is right")
    assert await linked(app, cast.tara) == []


async def test_an_account_of_somebody_else_is_refused_without_a_name(
    people: SandboxClient, cast: Cast, say: Write
) -> None:
    toms = cast.account_of(cast.tom)
    await begin(people, cast.tara, say)
    await tap(people, cast.tara, "MetaTrader 5", "Type the login")
    await say(cast.tara, str(toms.login), "Type the server")
    refused = await say(cast.tara, toms.server, "is linked to the desk already")
    assert "Tom" not in refused["text"]


async def test_the_others_buttons_go_on_while_a_terminal_is_awaited(
    people: SandboxClient, cast: Cast, say: Write, gate: Gate
) -> None:
    await until_password(people, cast.tara, say)
    gate.opened.clear()
    await say(cast.tara, PASSWORD, "Logging in to")
    await say(cast.tara, "/locks", "Nothing is locked")
    await tap(people, cast.tara, "Cancel", "Nothing was linked.")
    gate.opened.set()
    await say(cast.tara, "/accounts", "Accounts")
    assert not any("The login is right" in each for each in await texts(people, cast.tara))


async def test_back_goes_one_step_and_an_old_button_nowhere(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await until_password(people, cast.tara, say)
    await people.tap(cast.tara.telegram_id, "‹ Back")
    await say(cast.tara, "Other-Demo", f"main password of {LOGIN} at Other-Demo")
    old = await people.wait_for(cast.tara.telegram_id, "Type the login")
    await people.tap(cast.tara.telegram_id, "‹ Back", message_id=old["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "This question is over")
    await tap(people, cast.tara, "Cancel", "Nothing was linked.")
    await say(cast.tara, PASSWORD, "Nothing asks for one just now")
    assert PASSWORD not in await texts(people, cast.tara)
    await say(cast.tara, "good morning", "I only understand commands")


async def test_several_terminals_are_offered_and_each_serves_one(
    app: App,
    people: SandboxClient,
    cast: Cast,
    say: Write,
    places: tuple[TerminalPlace, ...],
) -> None:
    object.__setattr__(app.linking, "terminals", places)
    await begin(people, cast.tara, say)
    await tap(people, cast.tara, "MetaTrader 5", "Which terminal")
    await tap(people, cast.tara, "Terminal 2", "Type the login")
    await people.tap(cast.tara.telegram_id, "‹ Back")
    await people.wait_for(cast.tara.telegram_id, "Which terminal")
    await tap(people, cast.tara, "Terminal 2", "Type the login")
    await say(cast.tara, LOGIN, "Type the server")
    await say(cast.tara, SERVER, "Type the main password")
    await say(cast.tara, PASSWORD, "The login is right")
    await tap(people, cast.tara, "Link it", "is linked and watched")
    [account] = await linked(app, cast.tara)
    assert account.terminal_path == places[1].path
    await begin(people, cast.tom, say)
    await tap(people, cast.tom, "MetaTrader 5", "Type the login")


async def test_without_a_free_terminal_nothing_is_asked(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    object.__setattr__(app.linking, "terminals", ())
    await begin(people, cast.tara, say)
    await people.tap(cast.tara.telegram_id, "MetaTrader 5")
    await people.wait_for_answer(cast.tara.telegram_id, "No terminal is free")


async def test_a_paper_account_is_ready_at_once(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await begin(people, cast.tara, say)
    await tap(people, cast.tara, "Paper", "What is the paper account to be called")
    await say(cast.tara, "tom's PAPER", "has this name or one that looks like it")
    await say(cast.tara, "Play <1>", "With how much play money")
    await say(cast.tara, "5", "between 100 and 10,000,000")
    await say(cast.tara, "25 000", "Play <1> is linked and watched")
    async with app.desk.store.read() as tx:
        made = next(one for one in await tx.accounts.of_person(cast.tara.id) if one.label == "Play <1>")
    assert Path(made.terminal_path).parent == app.linking.paper_folder.resolve()


async def test_owners_and_viewers_link_nothing(people: SandboxClient, cast: Cast, say: Write) -> None:
    shown = await say(cast.owner, "/accounts", "Accounts")
    assert ENGLISH.label("accounts-button-link") not in str(shown["buttons"])


# -- a restart in between


@asynccontextmanager
async def life(app: App, bot: Bot) -> AsyncIterator[None]:
    """Everything that lives in memory alone is new; the database is the same."""
    fresh = replace(app, linking=replace(app.linking, candidates=Candidates()))
    polling = Polling(make_dispatcher(fresh), bot, fresh.desk)
    tasks = [asyncio.create_task(polling.run()), asyncio.create_task(fresh.linking.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until_linked(people: SandboxClient, person: Person, say: Write) -> None:
    await until_password(people, person, say)
    await say(person, PASSWORD, "The login is right")
    await tap(people, person, "Link it", "is linked and watched")


NEW, RENEW = "Ch4nged!it", "🔑 New password"


async def open_renewal(people: SandboxClient, person: Person, account: Account, say: Write) -> None:
    """From the list to the question for another password."""
    await say(person, "/accounts", "Accounts")
    await people.tap(person.telegram_id, account.label)
    await people.until(partial(people.messages, person.telegram_id), _offers_renewal)
    await tap(people, person, RENEW, f"new main password of {LOGIN}")


def _offers_renewal(seen: list[dict[str, Any]]) -> bool:
    return any(RENEW in message["buttons"] for message in seen)


async def test_another_password_replaces_the_old_one_after_a_yes(
    app: App,
    people: SandboxClient,
    cast: Cast,
    say: Write,
    broker: Hands,
    logs: list[MutableMapping[str, Any]],
) -> None:
    await until_linked(people, cast.tara, say)
    [account] = await linked(app, cast.tara)
    broker.change_password(int(LOGIN), NEW)
    await open_renewal(people, cast.tara, account, say)
    await say(cast.tara, "Wr0ng!one", "The broker does not accept this login")
    await say(cast.tara, NEW, "The login is right")
    async with app.desk.store.read() as tx:
        assert await tx.accounts.password(account.id) == PASSWORD, "not before a yes"
    await tap(people, cast.tara, "Use this password", "has its new password")
    async with app.desk.store.read() as tx:
        assert await tx.accounts.password(account.id) == NEW
        [event] = await tx.events.recent(1, "account.password")
    assert event.person_id == cast.tara.id
    for secret in (NEW, "Wr0ng!one"):
        assert not any(secret in each for each in await texts(people, cast.tara))
        assert not any(secret in str(call) for call in await people.calls())
        assert not any(secret in str(entry) for entry in logs)
    await people.tap(cast.tara.telegram_id, "‹ Back")
    await people.wait_for(cast.tara.telegram_id, account.label)
    [still] = await linked(app, cast.tara)
    assert still == account


async def test_who_says_no_keeps_the_old_password(
    app: App, people: SandboxClient, cast: Cast, say: Write, broker: Hands
) -> None:
    await until_linked(people, cast.tara, say)
    [account] = await linked(app, cast.tara)
    broker.change_password(int(LOGIN), NEW)
    question = await people.say(cast.tara.telegram_id, "/accounts")
    await people.tap_stale(cast.tara.telegram_id, RenewTap(account=account.id).pack(), question["message_id"])
    await people.wait_for(cast.tara.telegram_id, "new main password")
    await say(cast.tara, NEW, "The login is right")
    await tap(people, cast.tara, "Cancel", "the old password is kept")
    async with app.desk.store.read() as tx:
        assert await tx.accounts.password(account.id) == PASSWORD


async def test_an_older_way_back_leads_a_renewal_to_no_step_without_a_secret(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    """Else a new password that reads like a server's name is taken for one, and stays in the chat."""
    await until_linked(people, cast.tara, say)
    [account] = await linked(app, cast.tara)
    await open_renewal(people, cast.tara, account, say)
    older = LinkTap(act=LinkAct.BACK, at="password").pack()
    question = await people.wait_for(cast.tara.telegram_id, "new main password")
    await people.tap_stale(cast.tara.telegram_id, older, question["message_id"])
    await say(cast.tara, "Wrong-0ne", "The broker does not accept this login")
    assert not any("Wrong-0ne" in each for each in await texts(people, cast.tara))


async def test_nobody_gives_the_account_of_another_a_password(
    app: App, people: SandboxClient, cast: Cast, say: Write
) -> None:
    await until_linked(people, cast.tara, say)
    [account] = await linked(app, cast.tara)
    shown = await say(cast.tom, "/accounts", "Accounts")
    await people.tap_stale(cast.tom.telegram_id, RenewTap(account=account.id).pack(), shown["message_id"])
    await people.wait_for_answer(cast.tom.telegram_id, "not linked for you")
    shown = await say(cast.owner, "/accounts", "Accounts")
    await people.tap_stale(cast.owner.telegram_id, RenewTap(account=account.id).pack(), shown["message_id"])
    await people.wait_for_answer(cast.owner.telegram_id, "not for you")


async def test_the_question_for_another_password_outlives_a_restart(
    app: App, people: SandboxClient, cast: Cast, bot: Bot, source: Source, broker: Hands
) -> None:
    say = writing(people)
    async with life(app, bot):
        await until_linked(people, cast.tara, say)
        [account] = await linked(app, cast.tara)
        broker.change_password(int(LOGIN), NEW)
        await open_renewal(people, cast.tara, account, say)
    async with life(app, bot):
        await say(cast.tara, NEW, "The login is right")
    async with life(app, bot):
        await tap(people, cast.tara, "Use this password", "type the password once more")
        await say(cast.tara, NEW, "The login is right")
        await tap(people, cast.tara, "Use this password", "has its new password")
    async with app.desk.store.read() as tx:
        assert await tx.accounts.password(account.id) == NEW


async def test_the_alert_of_a_refused_login_offers_it(
    app: App, people: SandboxClient, cast: Cast, say: Write, relay: Relay
) -> None:
    """To its trader; owners look at its health."""
    await until_linked(people, cast.tara, say)
    [account] = await linked(app, cast.tara)
    sight = Sight.of((), 0.0, AuthenticationFailed("rejected"))
    probe = sight.probe(app.desk.clock.now(), ours=False, feed_age=None, breaker=State.CLOSED)
    report = Report(account, probe, judge(probe, Circumstances(), Limits()))
    async with app.desk.store.write() as tx:
        await tell(tx, report, Change({Trouble.REJECTED: probe.at}, {}))
    app.desk.bell.ring(OUTBOX)
    told = await people.wait_for(cast.tara.telegram_id, "Its trader gives the desk the new password")
    assert RENEW in told["buttons"]
    told = await people.wait_for(cast.owner.telegram_id, "Its trader gives the desk the new password")
    assert RENEW not in told["buttons"]
    await tap(people, cast.tara, RENEW, "new main password")


async def test_the_wizard_goes_on_after_a_restart(
    app: App, people: SandboxClient, cast: Cast, bot: Bot, source: Source
) -> None:
    say = writing(people)
    async with life(app, bot):
        await begin(people, cast.tara, say)
        await tap(people, cast.tara, "MetaTrader 5", "Type the login")
        await say(cast.tara, LOGIN, "Type the server")
    async with life(app, bot):
        await say(cast.tara, SERVER, "Type the main password")
        await say(cast.tara, PASSWORD, "The login is right")
    async with life(app, bot):
        await tap(people, cast.tara, "Link it", "type the password once more")
        assert await linked(app, cast.tara) == [], "a password outlives no restart"
        await say(cast.tara, PASSWORD, "The login is right")
        await tap(people, cast.tara, "Link it", "is linked and watched")
    assert len(await linked(app, cast.tara)) == 1
