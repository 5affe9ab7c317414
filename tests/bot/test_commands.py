"""Commands by role, and the hints for what is not understood."""

from datetime import timedelta

import pytest

from bot.sandbox import SandboxClient
from core.desk import Desk
from core.model.accounts import Account
from core.model.people import Person
from core.model.risk import LockKind, Place
from tests.bot.conftest import SendSignal
from tests.bot.stage import Cast
from tests.bot.wording import ENGLISH, reply

pytestmark = pytest.mark.usefixtures("running")


async def ask(people: SandboxClient, person: Person, text: str, wanted: str) -> str:
    """Say `text` and wait for an answer that contains `wanted`."""
    said = await people.say(person.telegram_id, text)
    answer = await people.wait_for(person.telegram_id, wanted, after=said["message_id"])
    return str(answer["text"])


HINTS = {
    "/chart": "Write it like this: /chart EURUSD, /chart EURUSD H1",
    "/chart EURUSD H2": "Write it like this: /chart EURUSD, /chart EURUSD H1",
    "/chart <b>": "Write it like this: /chart EURUSD, /chart EURUSD H1",
    "/status now": "/status takes nothing after it.",
    "/closeall please": "Nothing here is called “please”. Known: account Tara's paper.",
    "/help me": "/help takes nothing after it.",
    "/postions": "I do not know /postions. Did you mean /positions?",
    "/qqqqqqqq": "I do not know /qqqqqqqq. /help lists all.",
    "/unlokc": "I do not know /unlokc. /help lists all.",
    "/chart\nEURUSD H2": "Write it like this: /chart EURUSD, /chart EURUSD H1",
    "/unlock": "/unlock is not for your role. /help lists what is.",
    "/pause": "/pause is not for your role. /help lists what is.",
    "good morning": reply("plain-text"),
    "/": reply("plain-text"),
    "/<script>alert(1)</script>": "I do not know /<script>alert(1)</script>. /help lists all.",
}


async def test_what_is_not_understood_gets_a_one_line_hint(people: SandboxClient, cast: Cast) -> None:
    for text, hint in HINTS.items():
        assert await ask(people, cast.tara, text, hint) == hint


async def test_help_lists_what_the_role_may_do(people: SandboxClient, cast: Cast) -> None:
    trader = await ask(people, cast.tara, "/help", "/closeall")
    assert "/unlock" not in trader
    assert "/pause" not in trader
    owner = await ask(people, cast.owner, "/help", "/unlock")
    assert "/closeall" not in owner
    assert "Write to Olga." in owner


async def test_a_command_may_name_the_bot_and_shout(people: SandboxClient, cast: Cast) -> None:
    await ask(people, cast.tara, "/HELP@tapdesk_bot", "/positions")


async def test_status_shows_a_trader_their_own_accounts_only(people: SandboxClient, cast: Cast) -> None:
    own = await ask(people, cast.tara, "/status", "Tara's paper")
    assert "Tom's paper" not in own
    assert "to decide" not in own
    whole = await ask(people, cast.owner, "/status", "Tara's paper")
    assert "Tom's paper" in whole
    assert "0 cards to decide" in whole


async def test_positions_before_the_first_reading(people: SandboxClient, cast: Cast) -> None:
    own = await ask(people, cast.tara, "/positions", "not read yet")
    assert "Tom's paper" not in own
    assert "Tom's paper" in await ask(people, cast.admin, "/positions", "not read yet")


async def test_signals_with_what_became_of_them(
    people: SandboxClient, cast: Cast, send_signal: SendSignal
) -> None:
    await ask(people, cast.tara, "/signals", "No signals yet.")
    await send_signal(cast.tara, cast.tom)
    await people.wait_for(cast.tara.telegram_id, "Expires")
    assert "undecided" in await ask(people, cast.tara, "/signals", "BUY EURUSD")
    assert "undecided ×2" in await ask(people, cast.owner, "/signals", "BUY EURUSD")


async def test_pause_and_resume(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await ask(people, cast.admin, "/pause news at 14:30", "Trading is paused")
    await people.wait_for(cast.owner.telegram_id, "The desk is paused by Adam: news at 14:30")
    async with desk.store.read() as tx:
        [lock] = await tx.locks.active()
    assert lock.kind is LockKind.PAUSE
    await ask(people, cast.owner, "/pause", "paused already")
    await ask(people, cast.owner, "/resume", "Trading goes on")
    await ask(people, cast.admin, "/resume", "The desk is not paused")


async def lock(desk: Desk, account: Account, reason: str) -> None:
    async with desk.store.write() as tx:
        assert await tx.locks.set(LockKind.DRAWDOWN, Place(account.id), reason, desk.clock.now(), None)


async def locks(desk: Desk) -> list[str]:
    async with desk.store.read() as tx:
        return [lock.reason for lock in await tx.locks.active()]


async def test_the_owner_unlocks_an_account_with_a_tap(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    owner, account = cast.owner.telegram_id, cast.account_of(cast.tara)
    await ask(people, cast.owner, "/unlock", "Nothing is locked that you could release")
    await lock(desk, account, "20.3 % <below> the peak")
    await ask(people, cast.owner, "/unlock", "<below> the peak")
    shown = await people.wait_for(owner, "What keeps entries out")
    await people.tap(owner, "Unlock Tara's paper (drawdown)")
    asked = await people.wait_for(owner, "This question lapses")
    await people.tap(owner, asked["buttons"][0])
    await people.wait_for(owner, "is unlocked; new trades")
    assert await locks(desk) == []

    await lock(desk, account, "the next one")
    await people.tap_stale(owner, shown["keyboard"][0][0]["callback_data"], shown["message_id"])
    await people.wait_for_answer(owner, "released already")
    assert await locks(desk) == ["the next one"]


async def test_closing_all_needs_a_terminal(people: SandboxClient, cast: Cast) -> None:
    await ask(people, cast.tara, "/closeall", "Nothing was sent")


async def test_the_question_of_closeall_lapses(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    shown = await people.say(cast.tara.telegram_id, "/help")
    answer = await people.wait_for(cast.tara.telegram_id, "/closeall", after=shown["message_id"])
    past = int((desk.clock.now() - timedelta(seconds=1)).timestamp())
    await people.tap_stale(cast.tara.telegram_id, f"x:c:{past}:", answer["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, ENGLISH.label("question-lapsed"))
