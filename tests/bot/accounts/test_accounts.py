"""/accounts: who sees what, and what each button does, once."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest

from bot.buttons.accounts import AccountAct, AccountTap, RiskAct, RiskTap
from bot.buttons.risk import CODES, version_of
from bot.context import App
from bot.sandbox import SandboxClient
from bot.talk.looks import Linking
from core.accounts.settings import Ceilings
from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import Clock
from core.model.people import Person
from core.model.policies import MarketAction, Plan
from core.model.risk import LockKind, Place
from core.mt5 import contract as mt5
from core.mt5.pool import Pool
from core.paper.hands import Hands
from core.ports import Store
from tests.bot.stage import Cast, QuickClock, at_broker, terminal_here

pytestmark = pytest.mark.usefixtures("running", "source")

MINE = "Tara's paper"


@pytest.fixture
async def terminals(store: Store, clock: Clock) -> AsyncIterator[Pool]:
    async with terminal_here(store, clock) as pool:
        yield pool


@pytest.fixture
def app(app: App) -> App:
    return replace(app, linking=Linking(ceilings=Ceilings({"max_lots": Decimal(8)})))


@pytest.fixture
def broker(cast: Cast, tmp_path: Path) -> Iterator[Hands]:
    """Tara's account, with 10,000 USD."""
    with at_broker(cast.account_of(cast.tara), tmp_path / "broker.book") as hands:
        yield hands


async def ask(people: SandboxClient, person: Person, text: str, answer: str) -> str:
    said = await people.say(person.telegram_id, text)
    shown = await people.wait_for(person.telegram_id, answer, after=said["message_id"])
    return str(shown["text"])


async def tap(people: SandboxClient, person: Person, label: str, answer: str) -> None:
    await people.tap(person.telegram_id, label)
    await people.wait_for(person.telegram_id, answer)


async def stored(desk: Desk, cast: Cast) -> Account:
    async with desk.store.read() as tx:
        account = await tx.accounts.get(cast.account_of(cast.tara).id)
    assert account is not None
    return account


async def open_mine(people: SandboxClient, cast: Cast) -> None:
    await ask(people, cast.tara, "/accounts", "Accounts")
    await tap(people, cast.tara, MINE, "at Paper-Demo")


async def open_setting(people: SandboxClient, cast: Cast, setting: str, answer: str) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "📐 Risk", "Risk of Tara's paper")
    await tap(people, cast.tara, setting, answer)


async def test_a_trader_sees_their_own_and_the_desk_all_of_them(people: SandboxClient, cast: Cast) -> None:
    assert "Tom" not in await ask(people, cast.tara, "/accounts", "Accounts")
    every = await ask(people, cast.owner, "/accounts", "Accounts")
    assert "Tara's paper · 📄\xa0PAPER · Tara" in every
    assert "Drawdown 0.0\xa0% of 20\xa0%" in every
    await tap(people, cast.owner, MINE, "at Paper-Demo")
    shown = await people.messages(cast.owner.telegram_id)
    assert shown[-1]["buttons"] == ["‹ Accounts"]


async def test_a_trader_pauses_and_resumes_their_account(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "⏸ Pause entries", "Tara's paper is paused by Tara")
    await people.wait_for_answer(cast.tara.telegram_id, "Entries are paused")
    async with desk.store.read() as tx:
        [lock] = await tx.locks.active(Place(cast.account_of(cast.tara).id))
    assert lock.kind is LockKind.OWN
    await ask(people, cast.tara, "/locks", "Tara's paper is paused by Tara")
    await people.wait_for(cast.owner.telegram_id, "is paused by Tara")
    await people.tap(cast.tara.telegram_id, "▶️ Resume entries")
    await people.wait_for_answer(cast.tara.telegram_id, "Entries are open again")
    async with desk.store.read() as tx:
        assert await tx.locks.active() == []


async def test_a_name_is_typed(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "✏️ Rename", "to be called?")
    await ask(people, cast.tara, "x" * 33, "A name has 1 to 32 characters")
    await ask(people, cast.tara, "TOM'S paper", "has this name or one that looks like it")
    await ask(people, cast.tara, "Desk", "A name cannot begin with “Desk”")
    await ask(people, cast.tara, "Tom's paper 2h", "A name cannot have “2h” after its first word")
    await ask(people, cast.tara, "/locks", "Nothing is locked")
    await ask(people, cast.tara, "First & best", "It is called First & best now.")
    assert (await stored(desk, cast)).label == "First & best"


async def test_a_symbol_is_found_or_named(
    people: SandboxClient, cast: Cast, desk: Desk, broker: Hands
) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "🔤 Symbols", "EURUSD → EURUSD")
    await tap(people, cast.tara, "EURUSD", "What does your broker call EURUSD?")
    await ask(people, cast.tara, "NOSUCH", "has no symbol NOSUCH")
    await ask(people, cast.tara, "GBPUSD", "EURUSD is traded as GBPUSD on Tara's paper")
    assert (await stored(desk, cast)).symbols == {"EURUSD": "GBPUSD"}


# -- risk


async def test_a_setting_is_picked_restated_and_changed(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await open_setting(people, cast, "Risk of a trade", "Now: 1\xa0%")
    await tap(people, cast.tara, "0.5\xa0%", "Risk of a trade: 1\xa0% → 0.5\xa0%")
    assert (await stored(desk, cast)).policy.risk_percent == 1, "not before the second tap"
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    assert (await stored(desk, cast)).policy.risk_percent == Decimal("0.5")


async def test_a_setting_is_typed(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await open_setting(people, cast, "Largest trade", "Allowed: 0.01 lots to 8 lots")
    await tap(people, cast.tara, "Type another …", "Type the new value of “Largest trade”")
    await ask(people, cast.tara, "plenty", "Please type a number")
    await ask(people, cast.tara, "0", "outside of what is allowed")
    await ask(people, cast.tara, "8,5", "allows at most 8")
    await ask(people, cast.tara, "7,5", "5 lots → 7.5 lots")
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    assert (await stored(desk, cast)).policy.max_lots == Decimal("7.5")


async def test_hours_are_typed_and_taken_away(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await open_setting(people, cast, "Trading hours", "Now: at any time")
    await tap(people, cast.tara, "Type another …", "Type the hours")
    await ask(people, cast.tara, "in the morning", "Please write the hours like this")
    await ask(people, cast.tara, "8:00-17:30 mon-fri Europe/London", "→ 08:00–17:30 Mon, Tue, Wed, Thu, Fri")
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    hours = (await stored(desk, cast)).policy.hours
    assert hours is not None
    assert (hours.opens, hours.closes, hours.zone) == (time(8), time(17, 30), "Europe/London")
    await open_setting(people, cast, "Trading hours", "Now: 08:00–17:30")
    await tap(people, cast.tara, "at any time", "→ at any time")
    await people.tap(cast.tara.telegram_id, "Yes, change it")
    await people.wait_for(cast.tara.telegram_id, "Trading hours: at any time")
    assert (await stored(desk, cast)).policy.hours is None


async def test_several_targets_are_split(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await open_setting(people, cast, "Several targets", "Now: first target")
    await tap(people, cast.tara, "split", "first target → split")
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    assert (await stored(desk, cast)).policy.plan is Plan.SPLIT


async def test_a_looser_limit_warns_and_is_told_to_the_owner(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await open_setting(people, cast, "Drawdown limit", "Now: 20\xa0%")
    await tap(people, cast.tara, "Type another …", "Type the new value")
    await ask(people, cast.tara, "30", "The owner of the desk is told")
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    await people.wait_for(cast.owner.telegram_id, "Tara has changed “Drawdown limit”: 20\xa0% → 30\xa0%")


async def test_a_question_that_restated_another_policy_is_stale(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    account = await stored(desk, cast)
    await open_mine(people, cast)
    shown = (await people.messages(cast.tara.telegram_id))[-1]
    sure = RiskTap(
        act=RiskAct.SET, account=account.id, setting=CODES["max_lots"], value="1",
        version=version_of(replace(account.policy, max_lots=Decimal(4))),
    )  # fmt: skip
    await people.tap_stale(cast.tara.telegram_id, sure.pack(), shown["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "This was changed meanwhile")
    assert (await stored(desk, cast)).policy == account.policy


async def test_an_account_of_the_desk_file_is_only_paused_here(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    async with desk.store.write() as tx:
        await tx.accounts.change(replace(cast.account_of(cast.tara), of_desk_file=True))
    await open_mine(people, cast)
    await people.wait_for(cast.tara.telegram_id, "are set in the desk file")
    shown = (await people.messages(cast.tara.telegram_id))[-1]
    assert shown["buttons"] == ["📐 Risk", "⏸ Pause entries", "🔤 Symbols", "‹ Accounts"]
    for act in (AccountAct.UNLINK, AccountAct.ASK_UNLINK):
        sure = AccountTap(act=act, account=cast.account_of(cast.tara).id, until=2**40)
        await people.tap_stale(cast.tara.telegram_id, sure.pack(), shown["message_id"])
    await people.wait_for_answer(cast.tara.telegram_id, "is set in the desk file")
    assert (await stored(desk, cast)).retired_at is None


# -- unlink


async def test_unlinking_takes_a_second_tap_with_the_numbers(
    people: SandboxClient, cast: Cast, desk: Desk, broker: Hands
) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "Unlink …", "Unlink Tara's paper?")
    await tap(people, cast.tara, "Unlink Tara's paper", "is unlinked and its password erased")
    assert (await stored(desk, cast)).retired_at is not None
    assert "No account is linked yet" in await ask(people, cast.tara, "/accounts", "Accounts")
    await people.wait_for(cast.owner.telegram_id, "Tara has unlinked it")


async def test_the_question_lapses(
    people: SandboxClient, cast: Cast, desk: Desk, broker: Hands, clock: QuickClock
) -> None:
    await open_mine(people, cast)
    await tap(people, cast.tara, "Unlink …", "Unlink Tara's paper?")
    await clock.sleep(31)
    await people.tap(cast.tara.telegram_id, "Unlink Tara's paper")
    await people.wait_for_answer(cast.tara.telegram_id, "This question has lapsed")
    assert (await stored(desk, cast)).retired_at is None


async def test_nothing_is_unlinked_while_something_is_open(
    people: SandboxClient, cast: Cast, desk: Desk, broker: Hands
) -> None:
    broker.open_position(cast.account_of(cast.tara).login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.1)
    await open_mine(people, cast)
    await people.tap(cast.tara.telegram_id, "Unlink …")
    await people.wait_for_answer(cast.tara.telegram_id, "1 positions, 0 pending orders")
    assert (await stored(desk, cast)).retired_at is None


@pytest.mark.parametrize("act", AccountAct)
async def test_nobody_does_anything_to_somebody_elses_account(
    people: SandboxClient, cast: Cast, desk: Desk, act: AccountAct
) -> None:
    before = await stored(desk, cast)
    await ask(people, cast.tom, "/accounts", "Accounts")
    shown = (await people.messages(cast.tom.telegram_id))[-1]
    until = int(desk.clock.now().timestamp()) + 20
    forged = AccountTap(act=act, account=before.id, until=until)
    await people.tap_stale(cast.tom.telegram_id, forged.pack(), shown["message_id"])
    await people.wait_for_answer(cast.tom.telegram_id, "is not linked for you")
    assert await stored(desk, cast) == before
    async with desk.store.read() as tx:
        assert await tx.locks.active() == []


async def test_what_is_done_in_a_dangerous_market_is_chosen(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await open_setting(people, cast, "In a dangerous market", "Now: tell me")
    await tap(people, cast.tara, "break-even", "tell me → break-even")
    assert (await stored(desk, cast)).policy.market.action is MarketAction.ALERT, "not before the second tap"
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    assert (await stored(desk, cast)).policy.market.action is MarketAction.BREAK_EVEN


async def test_the_guards_countdown_is_restated_and_told_to_the_owner(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await open_setting(people, cast, "Countdown", "Now: 10 seconds")
    await tap(people, cast.tara, "30 seconds", "The owner of the desk is told")
    await tap(people, cast.tara, "Yes, change it", "✅ Done")
    assert (await stored(desk, cast)).policy.countdown_s == 30
    await people.wait_for(cast.owner.telegram_id, "“Countdown”: 10 seconds → 30 seconds")
