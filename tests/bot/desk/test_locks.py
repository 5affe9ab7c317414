"""/locks, /lock, /unlock, /pause and /resume: what each does, and who may."""

import asyncio
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bot.buttons.guard import UnlockSureTap, UnlockTap
from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.model import User
from bot.views.locks import (
    Locked,
    Shut,
    locked_now,
    none_to_release,
    paused,
    resumed,
    unlock_question,
    unlocked,
    what_holds,
)
from bot.words.html import Html
from core.desk import Desk
from core.model.accounts import Source
from core.model.errors import Refused
from core.model.ids import AccountId
from core.model.people import Person
from core.model.policies import Hours
from core.model.risk import DESK, DrawdownState, Lock, LockKind, Place
from core.risk.locks import Released, end_overdue, lock
from tests.bot.snapshots import check_shown
from tests.bot.stage import Cast, QuickClock, eventually
from tests.bot.wording import ENGLISH, reply

pytestmark = pytest.mark.usefixtures("running", "source")

MINE = "Tara's paper"


async def ask(people: SandboxClient, person: Person, text: str, answer: str) -> str:
    said = await people.say(person.telegram_id, text)
    shown = await people.wait_for(person.telegram_id, answer, after=said["message_id"])
    return str(shown["text"])


async def active(desk: Desk) -> list[Lock]:
    async with desk.store.read() as tx:
        return list(await tx.locks.active())


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("EURUSD", "EURUSD"),
        ("source MOMENTUM", "Source momentum"),
        ("tara's paper", MINE),
        ("desk", "The desk"),
    ],
)
async def test_a_lock_is_set_listed_and_released_by_its_name(
    people: SandboxClient, cast: Cast, desk: Desk, name: str, called: str
) -> None:
    await ask(people, cast.owner, f"/lock {name} 2h NFP", f"{called} is locked until")
    [held] = await active(desk)
    assert held.kind is LockKind.OWNER
    assert held.until is not None
    assert timedelta(0) < held.until - held.set_at <= timedelta(hours=2)
    await ask(people, cast.tara, "/locks", f"{called} is locked by Olga: NFP")
    await ask(people, cast.admin, f"/unlock {name}", "Only an owner can release this")
    assert await active(desk) == [held]
    await ask(people, cast.owner, f"/unlock {name}", f"{called} is unlocked")
    assert await active(desk) == []
    await ask(people, cast.owner, "/locks", "Nothing is locked or paused")


async def test_an_admins_lock_is_released_by_a_tap(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await ask(people, cast.admin, "/lock EURUSD wild market", "until released")
    await ask(people, cast.tara, "/locks", "wild market")
    [*_, seen] = await people.messages(cast.tara.telegram_id)
    assert seen["buttons"] == []
    await ask(people, cast.admin, "/locks", "wild market")
    await people.tap(cast.admin.telegram_id, "Unlock EURUSD")
    await people.wait_for(cast.admin.telegram_id, "EURUSD is unlocked; new trades")
    assert await active(desk) == []


@pytest.mark.parametrize("tapped", [True, False], ids=["tapped", "typed"])
async def test_who_releases_the_guards_lock_learns_where_the_drawdown_is_measured_from(
    people: SandboxClient, cast: Cast, desk: Desk, tapped: bool
) -> None:
    """By the guard's own memory, which is newer than the row."""
    account, at = cast.account_of(cast.tara).id, desk.clock.now()
    kept = DrawdownState(account, Decimal(10_000), Decimal(7_960), at, Decimal(1), at)
    desk.board.drawdowns[account] = replace(kept, equity=Decimal("7591"))
    async with desk.store.write() as tx:
        await tx.drawdowns.save(kept)
        await tx.locks.set(LockKind.DRAWDOWN, Place(account), "drawdown reached the limit", at, None)
    if tapped:
        await ask(people, cast.owner, "/locks", "reached the limit")
        await people.tap(cast.owner.telegram_id, f"Unlock {MINE} (drawdown)")
    else:
        await people.say(cast.owner.telegram_id, f"/unlock {MINE}")
    asked = await people.wait_for(cast.owner.telegram_id, f"Unlock {MINE}? The guard has locked it:")
    assert "measured anew from 7,591.00" in asked["text"]
    assert len(await active(desk)) == 1, "nothing is released by the question"
    await people.tap(cast.owner.telegram_id, f"Unlock {MINE}")
    told = await people.wait_for(cast.owner.telegram_id, f"{MINE} is unlocked; new trades")
    assert told["text"].splitlines()[1].startswith("Drawdown is measured from 7,591.00")
    assert desk.board.drawdowns[account].peak == Decimal(7_591)


async def drawdown_lock(desk: Desk, cast: Cast) -> Lock:
    account, at = cast.account_of(cast.tara).id, desk.clock.now()
    async with desk.store.write() as tx:
        await tx.locks.set(LockKind.DRAWDOWN, Place(account), "drawdown reached the limit", at, None)
    [held] = await active(desk)
    return held


async def test_the_question_before_a_guards_lock_is_released_lapses(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    held = await drawdown_lock(desk, cast)
    await ask(people, cast.owner, f"/unlock {MINE}", "Unlock Tara")
    clock.skipped_s += 31
    await people.tap(cast.owner.telegram_id, f"Unlock {MINE}")
    await people.wait_for_answer(cast.owner.telegram_id, "This question has lapsed.")
    assert await active(desk) == [held]


async def test_who_thinks_better_of_it_keeps_the_guards_lock(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    held = await drawdown_lock(desk, cast)
    await ask(people, cast.owner, f"/unlock {MINE}", "Unlock Tara")
    await people.tap(cast.owner.telegram_id, "Keep it locked")
    seen = await people.wait_for(cast.owner.telegram_id, "It stays locked.")
    assert seen["buttons"] == []
    assert await active(desk) == [held]


async def test_an_admin_cannot_answer_the_question_for_an_owner(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    held = await drawdown_lock(desk, cast)
    sure = UnlockSureTap(lock=held.id, until=int(desk.clock.now().timestamp()) + 30).pack()
    for person in (cast.admin, cast.tara):
        await people.tap_stale(person.telegram_id, sure, 1)
        await people.wait_for_answer(person.telegram_id, reply("not-your-button"))
    assert await active(desk) == [held]


async def test_two_taps_on_the_answer_release_once(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    held, owner = await drawdown_lock(desk, cast), cast.owner.telegram_id
    await ask(people, cast.owner, f"/unlock {MINE}", "Unlock Tara")
    asked = (await people.messages(owner))[-1]
    sure = UnlockSureTap(lock=held.id, until=int(desk.clock.now().timestamp()) + 30).pack()
    await asyncio.gather(*(people.tap_stale(owner, sure, asked["message_id"]) for _ in range(2)))
    answers = await people.until(lambda: people.answers(owner), lambda seen: len(seen) == 2)
    late = "This lock was released already. /locks shows what holds now."
    assert sorted(answer["text"] for answer in answers) == ["", late]


@pytest.mark.parametrize(
    ("asked", "answer", "button"),
    [
        ("/lock EURUSD 2h NFP", "EURUSD is locked until", "Unlock EURUSD"),
        ("/pause", "Trading is paused", "Resume The desk"),
        ("/pause source momentum", "Source momentum is paused", "Resume Source momentum"),
    ],
)
async def test_what_was_just_set_is_released_by_its_button(
    people: SandboxClient, cast: Cast, desk: Desk, asked: str, answer: str, button: str
) -> None:
    await ask(people, cast.owner, asked, answer)
    await people.tap(cast.owner.telegram_id, button)
    await people.wait_for(cast.owner.telegram_id, "possible again")
    assert await active(desk) == []


async def test_a_lock_released_by_a_tap_tells_what_still_holds(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await lock(desk, cast.admin, Place(instrument="EURUSD"), "wild")
    await lock(desk, cast.owner, Place(instrument="EURUSD"), "NFP")
    await ask(people, cast.admin, "/locks", "wild")
    await people.tap(cast.admin.telegram_id, "Unlock EURUSD")
    seen = await people.wait_for(cast.admin.telegram_id, "EURUSD is unlocked.")
    assert seen["text"].splitlines()[1] == "Still holds: EURUSD is locked by Olga: NFP."


async def test_a_traders_list_has_nothing_of_others(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await lock(desk, cast.owner, Place(cast.account_of(cast.tom).id), "of Tom")
    await ask(people, cast.tara, "/locks", "Nothing is locked or paused")
    await ask(people, cast.tom, "/locks", "of Tom")


@pytest.mark.parametrize("name", ["EURUSB", "source moment", "nobody"])
async def test_an_unknown_name_is_answered_with_candidates(
    people: SandboxClient, cast: Cast, desk: Desk, name: str
) -> None:
    told = await ask(people, cast.owner, f"/lock {name} 2h NFP", "Nothing here is called")
    assert {"EURUSB": "instrument EURUSD", "source moment": "source momentum", "nobody": "desk"}[name] in told
    assert await active(desk) == []


@pytest.mark.parametrize("text", ["/lock", "/lock EURUSD", "/lock EURUSD 2h", "/lock EURUSD 0m NFP"])
async def test_a_lock_without_reason_or_time_is_none(
    people: SandboxClient, cast: Cast, desk: Desk, text: str
) -> None:
    await ask(people, cast.owner, text, "A lock lasts" if "0m" in text else "/lock EURUSD 2h NFP")
    assert await active(desk) == []


async def test_pause_and_resume_of_a_source_and_an_account(
    people: SandboxClient, cast: Cast, desk: Desk, source: Source
) -> None:
    await ask(people, cast.admin, "/pause source momentum holiday", "Source momentum is paused")
    await ask(people, cast.admin, f"/pause account {MINE}", f"{MINE} is paused")
    await people.wait_for(cast.tara.telegram_id, f"{MINE} is paused by Adam")
    account = cast.account_of(cast.tara)
    assert [one.place for one in await active(desk)] == [Place(source_id=source.id), Place(account.id)]
    await ask(people, cast.admin, "/resume", "The desk is not paused")
    await ask(people, cast.admin, "/resume source momentum", "trading goes on")
    await ask(people, cast.admin, f"/resume account {MINE}", "trading goes on")
    assert await active(desk) == []


@pytest.mark.parametrize("text", ["/lock desk mine now", "/unlock desk", "/pause", "/resume"])
async def test_a_trader_changes_no_lock(people: SandboxClient, cast: Cast, desk: Desk, text: str) -> None:
    await lock(desk, cast.owner, DESK, "closed")
    before = await active(desk)
    said = await people.say(cast.tara.telegram_id, text)
    await people.wait_for(cast.tara.telegram_id, "not for", after=said["message_id"])
    assert await active(desk) == before


async def test_a_lock_whose_time_is_over_is_released_and_told(
    people: SandboxClient, cast: Cast, desk: Desk, clock: QuickClock
) -> None:
    """To the owners and to who has set it."""
    await lock(desk, cast.admin, DESK, "NFP", desk.clock.now() + timedelta(hours=2))
    assert await end_overdue(desk) == 0
    clock.skipped_s += 7_201
    assert await end_overdue(desk) == 1
    assert await active(desk) == []
    for person in (cast.owner, cast.admin):
        told = "The time of a lock is over. It was: The desk is locked by Adam: NFP"
        await people.wait_for(person.telegram_id, told)
    assert not [m for m in await people.messages(cast.tara.telegram_id) if m["from_bot"]]


# Who, what it is called, for how long


EVERY = ("/locks", "/lock desk mine now", "/unlock desk", "/pause", "/resume", "/unlock")


async def test_a_stranger_learns_nothing_and_changes_nothing(
    people: SandboxClient, sandbox: Sandbox, cast: Cast, desk: Desk
) -> None:
    await lock(desk, cast.owner, DESK, "a secret reason")
    [held] = await active(desk)
    stranger = sandbox.world.add_user(User(sandbox.world.number("user"), "Sam"))
    sandbox.world.open_private_chat(stranger)
    for text in EVERY:
        await people.say(stranger.id, text)
    await people.tap_stale(stranger.id, UnlockTap(lock=held.id).pack(), 1)
    assert (await people.wait_for_answer(stranger.id))["text"] == reply("private-desk")
    [told] = [m["text"] for m in await people.messages(stranger.id) if m["from_bot"]]
    assert told.startswith(reply("private-desk"))
    assert await active(desk) == [held]


async def test_a_trader_who_taps_a_forwarded_unlock_releases_nothing(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await lock(desk, cast.owner, DESK, "closed")
    [held] = await active(desk)
    await people.tap_stale(cast.tara.telegram_id, UnlockTap(lock=held.id).pack(), 1)
    await people.wait_for_answer(cast.tara.telegram_id, reply("not-your-button"))
    await people.tap_stale(cast.admin.telegram_id, UnlockTap(lock=held.id).pack(), 1)
    await people.wait_for_answer(cast.admin.telegram_id, "Only an owner can release this: The desk is locked")
    assert await active(desk) == [held]


async def test_a_second_tap_on_unlock_says_that_it_was_released(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    owner = cast.owner.telegram_id
    await lock(desk, cast.admin, DESK, "closed")
    [held] = await active(desk)
    shown = await people.say(owner, "/locks")
    message = await people.wait_for(owner, "closed", after=shown["message_id"])
    data = UnlockTap(lock=held.id).pack()
    await asyncio.gather(*(people.tap_stale(owner, data, message["message_id"]) for _ in range(3)))
    answers = await people.until(lambda: people.answers(owner), lambda seen: len(seen) == 3)
    late = "This lock was released already. /locks shows what holds now."
    assert sorted(answer["text"] for answer in answers) == ["", late, late]
    assert await active(desk) == []


async def test_who_did_it_is_answered_and_the_others_are_told(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    said = await people.say(cast.owner.telegram_id, f"/lock {MINE} her holiday")
    await people.wait_for(
        cast.owner.telegram_id, f"{MINE} is locked until released.", after=said["message_id"]
    )
    await people.wait_for(cast.tara.telegram_id, f"{MINE} is locked by Olga: her holiday")
    await eventually(lambda: idle(desk), True)
    assert len([m for m in await people.messages(cast.owner.telegram_id) if m["from_bot"]]) == 1


async def idle(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        return await tx.outbox.oldest_waiting() is None


ODD = ('a <b> & "c"\'s', "Ünïcødé 📈 7", "two  spaces", "desk 2", "/lock")


@pytest.mark.parametrize("label", ODD)
async def test_a_name_may_be_odd(people: SandboxClient, cast: Cast, desk: Desk, label: str) -> None:
    account = replace(cast.account_of(cast.tara), label=label)
    async with desk.store.write() as tx:
        await tx.accounts.put(account, "secret")
    spoken = " ".join(label.split()).upper()
    await ask(people, cast.owner, f"/lock account {spoken} 2h why <i>not</i>", "is locked until")
    [held] = await active(desk)
    assert held.place == Place(account.id)
    listed = await ask(people, cast.tara, "/locks", "What keeps entries out")
    assert listed.splitlines()[2] == f"🔒 {label} is locked by Olga: why <i>not</i>."
    await ask(people, cast.owner, f"/unlock account {spoken}", "is unlocked; new trades")
    assert await active(desk) == []


async def test_two_places_of_one_name_are_asked_about(
    people: SandboxClient, cast: Cast, desk: Desk, source: Source
) -> None:
    account = replace(cast.account_of(cast.tara), label=source.name)
    async with desk.store.write() as tx:
        await tx.accounts.put(account, "secret")
    await ask(
        people, cast.owner, "/pause momentum", "mean /pause account momentum or /pause source momentum?"
    )
    for text in ("/lock momentum 2h why", "/unlock momentum"):
        told = await ask(people, cast.owner, text, "Which one is meant")
        assert told == "Which one is meant: account momentum, source momentum?"
    assert await active(desk) == []
    await ask(people, cast.owner, "/lock account momentum 2h why", "momentum is locked until")
    assert [held.place for held in await active(desk)] == [Place(account.id)]


LENGTHS = {
    "1m": timedelta(minutes=1),
    "90m": timedelta(minutes=90),
    "2H": timedelta(hours=2),
    "1d12h": timedelta(hours=36),
    "366d": timedelta(days=366),
}


@pytest.mark.parametrize("length", LENGTHS)
async def test_a_lock_lasts_as_long_as_was_said_in_utc(
    people: SandboxClient, cast: Cast, desk: Desk, length: str
) -> None:
    told = await ask(people, cast.owner, f"/lock EURUSD {length}   NFP   at 14:30", "EURUSD is locked until")
    [held] = await active(desk)
    assert held.until is not None
    assert held.until - held.set_at <= LENGTHS[length] < held.until - held.set_at + timedelta(minutes=1)
    assert f"until {ENGLISH.date_time(held.until)}. /unlock releases it." in told
    assert held.reason == "EURUSD is locked by Olga: NFP at 14:30"


WRONG = {
    "/lock EURUSD 367d too long": "A lock lasts from a minute to 366 days",
    **dict.fromkeys(
        [f"/lock EURUSD {span} NFP" for span in ("1.5h", "-5m", "99999999999h", "20", "2hours")],
        "A lock lasts from a minute to 366 days",
    ),
    "/lock EURUSD 0h0m none": "A lock lasts from a minute to 366 days",
    "/lock 2h NFP": "Nothing here is called “2h NFP”. Known: desk, account",
    "/unlock EURUSD now": "Write the name of one place and nothing after it: instrument EURUSD",
    "/unlock GBPUSD": "Nothing here is called “GBPUSD”. Known: ",
    "/unlock EURUSD": "EURUSD is not locked.",
    "/resume source momentum": "Source momentum is not paused.",
    "/resume EURUSD": "Write it like this: /resume, /resume source alpha",
    "/pause Tara's paper": "Did you mean /pause account Tara's paper? For the whole desk write /pause desk T",
    "/pause momentum holiday": "Did you mean /pause source momentum? For the whole desk write /pause desk m",
    "/pause eurusd": "Did you mean /lock instrument EURUSD? For the whole desk write /pause desk eurusd",
    "/pause source": "Nothing here is called “source”. Known: source momentum.",
    "/pause account nobody at all": "Nothing here is called “account nobody”. Known: account Tara",
}


async def test_what_is_typed_wrongly_is_answered_and_changes_nothing(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    for text, answer in WRONG.items():
        await ask(people, cast.owner, text, answer)
        assert await active(desk) == [], text


HIDDEN = "the \u202eprice\x1b[2J\u200b is\x00\nwrong\u2066"


@pytest.mark.parametrize(
    "asked", ["/lock EURUSD", "/pause", "/pause source momentum", "/lock EUR\u200bUSD 2h"]
)
async def test_what_nobody_sees_in_a_reason_reaches_nobody(
    people: SandboxClient, cast: Cast, desk: Desk, asked: str
) -> None:
    await ask(people, cast.admin, f"{asked} {HIDDEN}", "/resume ends" if "pause" in asked else "is locked")
    [held] = await active(desk)
    assert held.reason.endswith(" by Adam: the price[2J is wrong")
    told = await people.wait_for(cast.owner.telegram_id, "wrong")
    async with desk.store.read() as tx:
        noted = [str(event.data.get("text")) for event in await tx.events.recent(10)]
    assert ["the price[2J is wrong" in text for text in noted if "wrong" in text] == [True]
    assert not any(unicodedata.category(each) == "Cf" for text in (told["text"], *noted) for each in text)


async def test_a_reason_that_nobody_sees_is_none(people: SandboxClient, cast: Cast, desk: Desk) -> None:
    await ask(people, cast.owner, "/lock EURUSD 2h \u200b\u202e", "/lock EURUSD 2h NFP")
    with pytest.raises(Refused, match="takes a reason"):
        await lock(desk, cast.owner, DESK, "\u200b")
    assert await active(desk) == []


async def test_the_whole_desk_is_paused_by_its_name_too(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    """As the answer to a bare name says."""
    await ask(people, cast.owner, "/pause DESK EURUSD is  wild", "Trading is paused")
    [held] = await active(desk)
    assert (held.place, held.reason) == (DESK, "The desk is paused by Olga: EURUSD is wild")
    await ask(people, cast.owner, "/resume desk", "Trading goes on")
    assert await active(desk) == []


async def test_a_second_lock_or_pause_of_a_place_says_so(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    await ask(people, cast.owner, "/lock EURUSD 2h NFP", "is locked until")
    await ask(people, cast.owner, "/lock EURUSD 1h again", "EURUSD is locked already.")
    await ask(people, cast.admin, "/lock EURUSD 1h too", "EURUSD is locked until")
    await ask(people, cast.admin, "/pause lunch", "Trading is paused")
    await ask(people, cast.owner, "/pause", "The desk is paused already.")
    await ask(people, cast.owner, "/unlock desk", "The desk is not locked. It is paused; /resume ends that.")
    assert len(await active(desk)) == 3


async def test_the_hours_are_listed_with_when_they_open(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    closed = Hours(time(0), time(0), frozenset({(desk.clock.now().weekday() + 3) % 7}), "America/New_York")
    account = cast.account_of(cast.tara)
    async with desk.store.write() as tx:
        limited = replace(account, policy=replace(account.policy, hours=closed))
        await tx.accounts.put(limited, "secret")
    listed = await ask(people, cast.tara, "/locks", "🕒 Tara's paper: Entries are allowed ")
    assert " 00:00 to 00:00 America/New_York; entries again at " in listed
    assert listed.endswith(" UTC.")
    await ask(people, cast.tom, "/locks", "Nothing is locked or paused")


# The views

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
TIM = AccountId(UUID(int=1))
GUARDS = Lock(1, LockKind.DRAWDOWN, TIM, "drawdown 20.40 % reached the limit of 20 %", NOW)
OWNERS = Lock(2, LockKind.OWNER, TIM, "Tim <7> is locked by Olga: rest", NOW, until=NOW + timedelta(hours=2))
PAUSE = Lock(3, LockKind.PAUSE, None, "The desk is paused by Adam.", NOW)


def test_all_that_holds_in_every_language() -> None:
    held = [
        Locked("Tim <7>", GUARDS, mine=True),
        Locked("Tim <7>", OWNERS, mine=False),
        Locked("The desk", PAUSE, mine=True),
    ]
    check_shown("locks", lambda words: what_holds(held, [Shut("Tim <7>", "closed till 9")], words))
    check_shown("locks-none", lambda words: what_holds([], [], words))
    check_shown("locks-none-to-release", none_to_release)


def test_forty_long_locks_fit_into_a_message() -> None:
    long = "<b>&\"'" * 200
    held = [Locked(long, replace(OWNERS, reason=long), mine=True)] * 40
    check_shown("locks-longest", lambda words: what_holds(held, [], words))


def test_what_is_said_when_one_is_set_or_released() -> None:
    owners, desk = Locked("Tim <7>", OWNERS, mine=True), Locked("The desk", PAUSE, mine=True)
    check_shown("locks-set-until", lambda words: locked_now(owners, 0, words))
    endless = replace(owners, lock=replace(OWNERS, until=None))
    check_shown("locks-set", lambda words: locked_now(endless, 2, words))
    check_shown("locks-paused", lambda words: paused(desk, words))
    check_shown("locks-resumed", lambda words: resumed("Tim <7>", words, whole=False))
    released = Released(Place(TIM), Decimal("7591"), [OWNERS])
    check_shown("locks-released", lambda words: unlocked("Tim <7>", released, words, "USD"))
    asked = Locked("Tim <7>", GUARDS, mine=True)
    equity = Html("7,591.00 USD")
    check_shown("locks-question", lambda words: unlock_question(asked, equity, NOW, words))


# -- names that read like something else


async def test_the_desk_is_locked_though_an_account_is_called_so(
    people: SandboxClient, cast: Cast, desk: Desk
) -> None:
    """As one may be that was linked before names were looked at, or stands in the desk file."""
    async with desk.store.write() as tx:
        await tx.accounts.change(replace(cast.account_of(cast.tara), label="desk"))
    await ask(people, cast.owner, "/lock desk NFP", "The desk is locked")
    await ask(people, cast.owner, "/unlock desk", "The desk is unlocked")
    await ask(people, cast.owner, "/pause desk lunch", "Trading is paused")
    await ask(people, cast.owner, "/resume desk", "Trading goes on")
    await ask(people, cast.owner, "/lock account desk NFP", "is locked")
    async with desk.store.read() as tx:
        [lock] = await tx.locks.active()
    assert lock.account_id == cast.account_of(cast.tara).id
