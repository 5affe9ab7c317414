"""/sync in the chats: everyone sees what is theirs, Sync now reads the terminals, fifty accounts fit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.context import App
from bot.sandbox import SandboxClient
from bot.sandbox.html_text import parse_html
from bot.views.pages import PER_PAGE
from bot.views.sync import sync
from bot.words.html import TEXT_LIMIT
from core.board import LastSeen
from core.model.accounts import Account, TerminalKind
from core.model.clock import Clock
from core.model.ids import AccountId, PersonId
from core.mt5.contract import ORDER_TYPE_BUY
from core.mt5.pool import Pool
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server import records as paper
from core.ports import Store
from core.reconciliation.overview import AccountSync
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast, terminals_of
from tests.bot.wording import ENGLISH

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminals_of(store, clock) as pool:
        yield pool


@pytest.fixture
def broker(tmp_path: Path) -> Hands:
    return Hands.on(tmp_path / "broker.book", MarketPlan(always_open=True))


@pytest.fixture
async def account(app: App, cast: Cast, broker: Hands, tmp_path: Path) -> AsyncIterator[Account]:
    """Tara's, with a terminal at a paper broker and its loop at work; Tom's has neither."""
    held = cast.account_of(cast.tara)
    broker.open_account(paper.Account(login=held.login, name="Tara", server=held.server), "secret", 10_000)
    hands.install_terminal(Path(held.terminal_path), tmp_path / "broker.book", held.login)
    loop = asyncio.create_task(app.scheduler.watch(held))
    yield held
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    broker.close_book()


@pytest.mark.usefixtures("running", "account")
async def test_sync_now_finds_what_a_person_has_opened_by_hand(
    people: SandboxClient, cast: Cast, app: App, broker: Hands, account: Account
) -> None:
    tara = cast.tara.telegram_id
    await app.scheduler.now(account)
    await people.say(tara, "/sync")
    shown = await people.wait_for(tara, "0 of 0 positions matched")
    assert shown["text"].startswith("Reconciliation · 1 account: 🟢 1")
    broker.open_position(account.login, "EURUSD", ORDER_TYPE_BUY, 0.1)
    await people.tap(tara, "Sync now")
    seen = await people.wait_for(tara, "0 of 1 position matched")
    assert seen["message_id"] == shown["message_id"]
    assert "1 divergence to look at" in seen["text"]
    [answer] = await people.answers(tara)
    assert answer["text"] == "Reconciling …"


@pytest.mark.usefixtures("running", "account")
async def test_a_terminal_that_fails_is_shown_with_its_sentence(
    people: SandboxClient, cast: Cast, app: App, account: Account
) -> None:
    await app.scheduler.now(account)
    hands.plug(Path(account.terminal_path), connected=False)
    await app.scheduler.now(account)
    await people.say(cast.tara.telegram_id, "/sync")
    shown = await people.wait_for(cast.tara.telegram_id, "1 failure in a row: ")
    assert "🔌" in shown["text"]
    assert app.desk.board.of(account.id).error in shown["text"]
    assert "Nothing was sent" not in shown["text"], "nothing was to be sent"


@pytest.mark.usefixtures("running")
async def test_everyone_sees_what_is_theirs(people: SandboxClient, cast: Cast) -> None:
    await people.say(cast.tara.telegram_id, "/sync")
    own = await people.wait_for(cast.tara.telegram_id, "not read yet")
    assert "Tara's paper" in own["text"]
    assert "Tom's paper" not in own["text"]
    for reader in (cast.owner, cast.admin):
        await people.say(reader.telegram_id, "/sync")
        whole = await people.wait_for(reader.telegram_id, "not read yet")
        assert "Tara's paper" in whole["text"]
        assert "Tom's paper" in whole["text"]


@pytest.mark.usefixtures("running", "account")
async def test_a_forged_page_shows_the_last_one_and_reads_only_what_is_theirs(
    people: SandboxClient, cast: Cast, app: App, account: Account
) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/sync")
    shown = await people.wait_for(tara, "Reconciliation")
    await people.tap_stale(tara, f"s:{2**62}", shown["message_id"])
    await people.wait_for_answer(tara, "Reconciling")
    await people.wait_for(tara, "0 of 0 positions matched")
    assert set(app.desk.board.accounts) == {account.id}


# The view


def an_account(number: int) -> Account:
    label = f"<{number:02}> " + "W" * 40
    return Account(AccountId(uuid4()), PersonId(UUID(int=1)), label, TerminalKind.MT5, "", 1, "Broker")


def fifty(last: LastSeen, divergent: int = 0) -> list[AccountSync]:
    return [AccountSync(an_account(number), last, divergent) for number in range(50)]


READ = LastSeen(
    read_at=NOW - timedelta(seconds=4), positions=3, matched=3, next_at=NOW + timedelta(seconds=6)
)
WORST = replace(
    READ, positions=10**6, matched=10**6, read_at=NOW - timedelta(days=99), failures=10**6, error="<&>" * 200
)


@pytest.mark.parametrize("page", [0, 3, 6, 1000])
def test_fifty_accounts_in_any_state_fit_into_a_message(page: int) -> None:
    for seen, words in product((fifty(READ), fifty(WORST, divergent=10**6)), READERS):
        text, _ = parse_html(sync(seen, page, NOW, words).text)
        assert len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT
        assert text.count(" W") == (2 if page > 5 else PER_PAGE)


def test_who_has_something_to_look_at_comes_first_then_who_fails() -> None:
    seen = fifty(READ)
    seen[40] = replace(seen[40], divergent=2)
    seen[30] = replace(seen[30], last=LastSeen(failures=3, error="It does not answer."))
    seen[20] = replace(seen[20], last=LastSeen(read_at=NOW, next_at=NOW))
    seen[10] = replace(seen[10], last=LastSeen())
    text, _ = parse_html(sync(seen, 0, NOW, ENGLISH).text)
    summary, *accounts, _ = text.split("\n\n")
    assert summary == "Reconciliation · 50 accounts: ⚠️ 1 🔌 1 ⚪ 1 🟢 47"
    divergent, failing, unread, *_ = [account.splitlines() for account in accounts]
    assert divergent[0].startswith("⚠️ <40>")
    assert divergent[1:] == [
        "read 4\u00a0s ago · 3 of 3 positions matched · next in 6\u00a0s",
        "2 divergences to look at",
    ]
    assert failing[1:] == ["not read yet", "3 failures in a row: It does not answer."]
    assert unread[1:] == ["not read yet"]
    shown, _ = parse_html(sync([seen[20]], 0, NOW, ENGLISH).text)
    assert "read 0\u00a0s ago · 0 of 0 positions matched · next any moment" in shown


def test_the_buttons_turn_the_pages() -> None:
    labels = [
        [button.text for row in rendered.inline_keyboard for button in row]
        for rendered in (sync(fifty(READ), page, NOW, ENGLISH).keyboard for page in (0, 3, 6))
        if rendered
    ]
    assert labels == [["Sync now", "‹", f"{page}/7", "›"] for page in (1, 4, 7)]


def test_a_page_in_every_language() -> None:
    failing = LastSeen(failures=3, error="It does not answer.")
    seen = [
        AccountSync(replace(an_account(number), label=label), last, divergent)
        for number, (label, last, divergent) in enumerate(
            [("Tara live", READ, 0), ("Tom & Co", READ, 2), ("Lea", failing, 0), ("New", LastSeen(), 0)]
        )
    ]
    check_shown("sync", lambda words: sync(seen, 0, NOW, words))
    check_shown("sync-one", lambda words: sync([replace(seen[0], divergent=1)], 0, NOW, words))
