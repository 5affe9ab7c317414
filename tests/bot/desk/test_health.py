"""Health in the chats: incidents told once, /health, Check again, and what fits into a message."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from bot.context import App
from bot.sandbox import SandboxClient
from bot.sandbox.html_text import parse_html
from bot.views.alerts.message import alert
from bot.views.health import DeskHealth, Patient, health
from bot.views.pages import PER_PAGE
from bot.words import Words
from bot.words.html import TEXT_LIMIT
from core.board import Pulse
from core.health.findings import HINTS, MEANWHILE, Findings
from core.health.report import Report
from core.health.stake import Stake
from core.model.accounts import Account, TerminalKind
from core.model.clock import Clock
from core.model.events import Json
from core.model.ids import AccountId, PersonId
from core.model.incidents import Incident, Trouble
from core.model.mt5 import Permissions
from core.mt5.breaker import State
from core.mt5.pool import Pool
from core.mt5.probe import Probe
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server import records as paper
from core.ports import Store
from tests.bot.snapshots import READERS, check_shown
from tests.bot.stage import Cast, QuickClock, terminals_of
from tests.bot.wording import ENGLISH

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
EVERY_S = 15.0


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminals_of(store, clock) as pool:
        yield pool


@pytest.fixture
async def account(cast: Cast, tmp_path: Path) -> AsyncIterator[Account]:
    """Tara's, with a terminal at a paper broker; Tom's has none."""
    held = cast.account_of(cast.tara)
    broker = Hands.on(tmp_path / "broker.book", MarketPlan())
    broker.open_account(paper.Account(login=held.login, name="Tara", server=held.server), "secret", 10_000)
    hands.install_terminal(Path(held.terminal_path), tmp_path / "broker.book", held.login)
    yield held
    broker.close_book()


async def rounds(app: App, clock: QuickClock, account: Account, times: int = 2) -> None:
    for _ in range(times):
        clock.skipped_s += EVERY_S
        await app.health.check(account)


async def texts(people: SandboxClient, reader: int, wanted: str) -> list[str]:
    return [message["text"] for message in await people.messages(reader) if wanted in message["text"]]


@pytest.mark.usefixtures("running")
async def test_a_pulled_plug_is_one_message_and_its_return_another(
    people: SandboxClient, cast: Cast, app: App, clock: QuickClock, account: Account
) -> None:
    owner, tara = cast.owner.telegram_id, cast.tara.telegram_id
    await rounds(app, clock, account)
    hands.plug(Path(account.terminal_path), connected=False)
    await rounds(app, clock, account, 5)
    for reader in (owner, tara):
        told = await people.wait_for(reader, "has lost its link to the broker")
        assert "Since " in told["text"]
        assert HINTS[Trouble.DISCONNECTED] in told["text"]
    hands.plug(Path(account.terminal_path), connected=True)
    await rounds(app, clock, account, 4)
    await people.wait_for(owner, "A terminal has recovered")
    assert len(await texts(people, owner, "lost its link")) == 2
    assert await texts(people, cast.tom.telegram_id, "link") == []


@pytest.mark.usefixtures("running", "account")
async def test_everyone_sees_what_is_theirs(people: SandboxClient, cast: Cast) -> None:
    await people.say(cast.tara.telegram_id, "/health")
    own = await people.wait_for(cast.tara.telegram_id, "not probed yet")
    assert "Tom's paper" not in own["text"]
    assert "The desk" not in own["text"]
    for reader in (cast.owner, cast.admin):
        await people.say(reader.telegram_id, "/health")
        whole = await people.wait_for(reader.telegram_id, "not probed yet")
        assert "Tara's paper" in whole["text"]
        assert "Tom's paper" in whole["text"]
        assert "The desk" in whole["text"]


@pytest.mark.usefixtures("running")
async def test_check_again_probes_now(
    people: SandboxClient, cast: Cast, app: App, clock: QuickClock, account: Account
) -> None:
    tara = cast.tara.telegram_id
    await rounds(app, clock, account)
    await people.say(tara, "/health")
    shown = await people.wait_for(tara, "may trade")
    assert "connected" in shown["text"]
    assert "build 5430" in shown["text"]
    hands.press_algo_trading(Path(account.terminal_path), on=False)
    clock.skipped_s += EVERY_S
    await people.tap(tara, "Check again")
    seen = await people.wait_for(tara, "Algo Trading button")
    assert seen["message_id"] == shown["message_id"]
    assert "may not trade" in seen["text"]
    [answer] = await people.answers(tara)
    assert answer["text"].startswith("Checking")


@pytest.mark.usefixtures("running")
async def test_taps_one_after_another_probe_once(
    people: SandboxClient, cast: Cast, app: App, clock: QuickClock, account: Account
) -> None:
    tara = cast.tara.telegram_id
    await rounds(app, clock, account)
    before = app.desk.board.reports[account.id]
    await people.say(tara, "/health")
    await people.wait_for(tara, "may trade")
    for _ in range(3):
        await people.tap(tara, "Check again")
    await people.until(lambda: people.answers(tara), lambda answers: len(answers) == 3)
    assert app.desk.board.reports[account.id] is before


@pytest.mark.usefixtures("running", "account")
async def test_a_forged_page_shows_the_last_one(people: SandboxClient, cast: Cast) -> None:
    tara = cast.tara.telegram_id
    await people.say(tara, "/health")
    shown = await people.wait_for(tara, "not probed yet")
    await people.tap_stale(tara, f"h:{2**62}", shown["message_id"])
    await people.wait_for_answer(tara, "Checking")
    await people.wait_for(tara, "may trade")


# The view


def an_account(number: int) -> Account:
    label = f"<{number:02}> " + "W" * 40
    return Account(AccountId(uuid4()), PersonId(UUID(int=1)), label, TerminalKind.MT5, "", 1, "Broker")


def a_report(account: Account, *troubles: Trouble, told: bool = True) -> Report:
    """An account in those troubles, with sentences too long for any line."""
    probe = Probe(
        at=NOW,
        connected=not troubles,
        authenticated=True,
        permissions=Permissions(option=True, button=not troubles, account=True, broker=True),
        feed_age=timedelta(days=11, hours=11),
        round_trip_s=59.123,
        build=543_000,
        breaker=State.HALF_OPEN if troubles else State.CLOSED,
    )
    sentence = "<&>" * 100
    since = NOW - timedelta(days=11)
    incidents = [Incident(1, account.id, trouble, sentence, since) for trouble in troubles if told]
    found = Findings(dict.fromkeys(troubles, sentence), frozenset(Trouble))
    return Report(account, probe, found, tuple(incidents), Stake(positions=3))


def fifty(*troubles: Trouble) -> list[Patient]:
    accounts = [an_account(number) for number in range(50)]
    return [Patient(account, a_report(account, *troubles), "LIVE") for account in accounts]


DESK = DeskHealth(Pulse(12.3, 2**30), NOW - timedelta(minutes=3))


@pytest.mark.parametrize("troubles", [(), tuple(Trouble)], ids=["well", "all troubles"])
@pytest.mark.parametrize("page", [0, 3, 6, 1000])
@pytest.mark.parametrize("words", READERS, ids=lambda words: words.language)
def test_fifty_accounts_in_any_state_fit_into_a_message(
    page: int, troubles: tuple[Trouble, ...], words: Words
) -> None:
    text, _ = parse_html(health(fifty(*troubles), page, DESK, NOW, words).text)
    assert len(text.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    assert text.count("LIVE") == (2 if page > 5 else PER_PAGE)
    assert re.search("1.?024 M|1.?024 М", text)


def test_who_is_in_trouble_comes_first() -> None:
    patients = fifty()
    ill, new = patients[40], patients[30]
    patients[40] = replace(ill, report=a_report(ill.account, Trouble.SILENT, told=False))
    patients[30] = replace(new, report=None)
    text, _ = parse_html(health(patients, 0, None, NOW, ENGLISH).text)
    assert text.splitlines()[0] == "Health · 50 accounts: 🔴 1 🟢 48 ⚪ 1"
    assert text.splitlines()[2].startswith("🔴 <40>")
    assert "❔" in text


def test_what_seems_over_and_what_is_old_are_marked() -> None:
    [patient, *_] = fifty(Trouble.SLOW)
    assert patient.report is not None
    gone = replace(patient.report, findings=Findings({}, frozenset(Trouble)))
    text, _ = parse_html(
        health([replace(patient, report=gone)], 0, None, NOW + timedelta(minutes=3), ENGLISH).text
    )
    assert "🟡" in text
    assert "seen 3\u00a0min ago" in text
    assert "⌛ Seems over:" in text
    assert "· for 11\u00a0d" in text


def test_the_buttons_turn_the_pages() -> None:
    labels = [
        [button.text for row in rendered.inline_keyboard for button in row]
        for rendered in (health(fifty(), page, None, NOW, ENGLISH).keyboard for page in (0, 3, 6))
        if rendered
    ]
    assert labels == [["Check again", "‹", f"{page}/7", "›"] for page in (1, 4, 7)]


def test_a_page_in_every_language() -> None:
    """In trouble, seemingly well again, well, not probed yet."""
    troubled, gone, well, fresh = (
        replace(an_account(number), label=label)
        for number, label in enumerate(("Tom & Co", "Lea", "Tara", "New"))
    )
    over = replace(a_report(gone, Trouble.SLOW), findings=Findings({}, frozenset(Trouble)))
    reports = [a_report(troubled, *Trouble), over, a_report(well), None]
    patients = [
        Patient(account, report and _spoken(report), "LIVE")
        for account, report in zip((troubled, gone, well, fresh), reports, strict=True)
    ]
    check_shown("health", lambda words: health(patients, 0, DESK, NOW + timedelta(minutes=2), words))
    quiet = DeskHealth(None, None)
    check_shown("health-one", lambda words: health(patients[2:3], 0, quiet, NOW, words))


def _spoken(report: Report) -> Report:
    """With incidents that somebody might read."""
    sentence = "Its terminal does not answer."
    return replace(report, incidents=tuple(replace(each, sentence=sentence) for each in report.incidents))


def test_an_incident_with_everything_in_it_fits_into_a_message() -> None:
    facts: Json = {"account": "<A>", "since": "03:00:00 UTC", "open": "9 open positions"}
    facts["troubles"] = ["<&>" * 200] * len(Trouble)
    facts["hints"] = list(HINTS.values())
    facts["meanwhile"] = sorted(set(MEANWHILE.values()))
    for name in ("health_incident", "health_recovered"):
        for words in READERS:
            shown, _ = parse_html(alert(name, facts, words).text)
            assert len(shown.encode("utf-16-le")) // 2 <= TEXT_LIMIT
    shown, _ = parse_html(alert("health_incident", facts, ENGLISH).text)
    assert "Since 03:00:00 UTC, with 9 open positions." in shown
