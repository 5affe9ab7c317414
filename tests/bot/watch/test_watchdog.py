"""The dead man's switch: real processes that stand still, and what the owner is told without their loop."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.sandbox import Sandbox, SandboxClient
from bot.watch.alarm import Alarm, Say
from bot.watch.watchdog import FIRST_PAUSE_S, STOOD_STILL, Watchdog, what_stands_still
from bot.words import Words
from core.model.people import Language
from core.ports import Store
from core.standstill import LONGEST_LOOK_S, Look, Movement, Standstill, standstill
from tests.bot.stage import Cast, QuickClock, eventually
from tests.bot.wording import ENGLISH
from tests.fakes.clock import StoppedClock

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start(sandbox: Sandbox, cast: Cast, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts a process that is watched, with Olga as its owner."""
    started: list[Process] = []

    async def begin(ends: str = "stays") -> Process:
        chat, gate = str(cast.owner.telegram_id), str(tmp_path / "gate")
        command = (sys.executable, "-m", "tests.bot.watch.stalled", sandbox.url, sandbox.world.token)
        process = await asyncio.create_subprocess_exec(
            *command, chat, gate, ends, stdin=PIPE, stderr=PIPE, stdout=PIPE
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def ask(process: Process, word: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{word}\n".encode())


@pytest.mark.parametrize(
    ("word", "told"), [("block", "no task has run for"), ("hang", "guard Tom has not looked for")]
)
async def test_the_owner_hears_of_a_standstill_and_of_its_end(
    start: Start, people: SandboxClient, cast: Cast, tmp_path: Path, word: str, told: str
) -> None:
    process = await start()
    ask(process, word)
    await people.wait_for(cast.owner.telegram_id, told, timeout_s=30)
    (tmp_path / "gate").touch()
    await people.wait_for(cast.owner.telegram_id, "The desk moves again", timeout_s=30)
    alerts = [m for m in await people.messages(cast.owner.telegram_id) if "stands still" in m["text"]]
    assert len(alerts) == 1, "once, until the pause is over"


async def test_the_process_ends_with_its_own_status_and_shows_where_it_stood(
    start: Start, people: SandboxClient, sandbox: Sandbox, cast: Cast
) -> None:
    process = await start("ends")
    ask(process, "block")
    await people.wait_for(cast.owner.telegram_id, "The process ends now", timeout_s=30)
    async with asyncio.timeout(30):
        _, errors = await process.communicate()
    assert process.returncode == STOOD_STILL
    assert b"stand_still_here" in errors
    assert sandbox.world.token.encode() not in errors


async def test_a_token_is_not_logged_when_nobody_answers(
    logs: list[dict[str, object]], sandbox: Sandbox
) -> None:
    alarm = Alarm("http://127.0.0.1:9", SecretStr(sandbox.world.token))
    alarm.chats = {1: ENGLISH}
    assert not await asyncio.to_thread(alarm.tell, lambda _: "anybody?")
    assert [line["event"] for line in logs] == ["alarm_not_sent"]
    assert sandbox.world.token not in str(logs)


def test_while_no_owner_is_known_nobody_counts_as_told() -> None:
    assert not Alarm("http://127.0.0.1:9", SecretStr("1:token")).tell(lambda _: "anybody?")


async def test_who_has_blocked_the_bot_keeps_no_other_from_being_told(
    people: SandboxClient, sandbox: Sandbox, cast: Cast
) -> None:
    await people.block(cast.admin.telegram_id)
    alarm = Alarm(sandbox.url, SecretStr(sandbox.world.token))
    alarm.chats = dict.fromkeys((cast.admin.telegram_id, cast.owner.telegram_id), ENGLISH)
    told = await asyncio.to_thread(alarm.tell, lambda _: "a <b>plain</b> text")
    assert told, "another try would not reach them"
    assert (await people.messages(cast.owner.telegram_id))[-1]["text"] == "a <b>plain</b> text"


async def test_everybody_is_told_in_their_language(
    people: SandboxClient, sandbox: Sandbox, cast: Cast
) -> None:
    alarm = Alarm(sandbox.url, SecretStr(sandbox.world.token))
    alarm.chats = {cast.owner.telegram_id: Words(Language.RUSSIAN)}
    alarm.others = {cast.admin.telegram_id: Words(Language.SPANISH)}
    found = Standstill(31.0, {})
    await asyncio.to_thread(alarm.tell, what_stands_still(found, ends=False))
    assert await people.messages(cast.admin.telegram_id) == []
    await asyncio.to_thread(alarm.tell, what_stands_still(found, ends=False), others=True)
    for person, said in ((cast.owner, "Деск стоит"), (cast.admin, "La mesa está parada")):
        assert said in (await people.messages(person.telegram_id))[-1]["text"]


async def test_the_owners_of_the_desk_are_told_first_and_then_the_admins(store: Store, cast: Cast) -> None:
    alarm = Told()
    dog = Watchdog(Movement(), [], alarm, 30, QuickClock())
    task = asyncio.create_task(dog.know_owners(store))

    async def chats() -> list[int]:
        return list(alarm.chats)

    await eventually(chats, [cast.owner.telegram_id])
    assert list(alarm.others) == [cast.admin.telegram_id]
    async with store.write() as tx:
        await tx.people.unreachable(cast.owner.id)
    await eventually(chats, list[int]())
    task.cancel()
    await asyncio.wait([task])


@dataclass
class Told:
    """An alarm that notes what is told; `reaches` is whether it arrives."""

    chats: Mapping[int, Words] = field(default_factory=dict)
    others: Mapping[int, Words] = field(default_factory=dict)
    escalated: list[bool] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    reaches: bool = True

    def tell(self, say: Say, *, others: bool = False) -> bool:
        self.texts.append(say(ENGLISH).split("\n")[0])
        self.escalated.append(others)
        return self.reaches


class Night:
    """A watchdog whose time a test lets pass: seconds by seconds, or in one leap."""

    def __init__(self, patience_s: float = 30, guards: Collection[str] = ()) -> None:
        self.clock = Clockwork()
        self.movement = Movement(0.0)
        self.alarm = Told()
        self.leaps: list[float] = []
        self.dog = Watchdog(self.movement, guards, self.alarm, patience_s, self.clock, rest=self._rest)

    def passes(self, *seconds: float, beats: bool = False) -> None:
        """Let the thread look after each of these."""
        self.leaps = list(seconds)
        self._beats = beats
        self.dog.run()

    def _rest(self, _: float) -> bool:
        if not self.leaps:
            return True
        self.clock.at_s += self.leaps.pop(0)
        if self._beats:
            self.movement.beat_s = self.clock.at_s
        return False


class Clockwork(StoppedClock):
    at_s = 0.0

    def monotonic(self) -> float:
        return self.at_s


def test_a_machine_that_slept_raises_no_alarm() -> None:
    night = Night()
    night.passes(1, 1, 28_800, 1, 1, 20)
    assert night.alarm.texts == []
    night.passes(*[1] * 31)
    assert len(night.alarm.texts) == 1, "but it still watches"


def test_a_slow_loop_raises_no_alarm() -> None:
    night = Night()
    for _ in range(20):
        night.passes(*[1] * 28)
        night.passes(1, beats=True)
    assert night.alarm.texts == []


def test_it_is_repeated_with_growing_pauses_and_told_when_it_is_over() -> None:
    night = Night()
    night.passes(*[1] * (31 + int(FIRST_PAUSE_S) * 7))
    assert [text.split(" for ")[1] for text in night.alarm.texts] == ["31 s.", "91 s.", "211 s.", "451 s."]
    night.passes(1, 1, beats=True)
    assert night.alarm.texts[4:] == ["✅ The desk moves again. It stood still for at least 451 s."]
    assert night.alarm.escalated == [False, False, False, True, True], "after five minutes the admins too"


def test_what_did_not_arrive_is_tried_again_soon() -> None:
    night = Night()
    night.alarm.reaches = False
    night.passes(*[1] * 40)
    assert len(night.alarm.texts) == 2
    night.alarm.reaches = True
    night.passes(*[1] * 60)
    assert len(night.alarm.texts) == 3


def test_a_guard_that_looks_and_sees_nothing_does_not_stand_still() -> None:
    movement, now = Movement(1_000.0), 1_000.0
    with pytest.raises(OSError, match="blind"), movement.looking("guard a", lambda: now):
        raise OSError("blind")
    movement.looks["guard b"] = Look(now - 31, under_way=False)
    movement.looks["guard c"] = Look(now - LONGEST_LOOK_S, under_way=True)
    movement.looks["guard d"] = Look(now - LONGEST_LOOK_S - 31, under_way=True)
    every = [f"guard {letter}" for letter in "abcde"]
    found = standstill(movement, every, since_s=0, now_s=now, patience_s=30)
    assert found is not None
    assert found.guards == {"guard b": 31, "guard d": 31, "guard e": now}, "e has never looked"
    assert standstill(movement, every, since_s=now - 30, now_s=now, patience_s=30) is None


async def test_a_watchdog_that_is_stopped_tells_nothing_more() -> None:
    dog = Watchdog(Movement(), [], Told(), 30, QuickClock())
    with dog:
        assert dog.is_awake

    async def awake() -> bool:
        return dog.is_awake

    await eventually(awake, False)


def test_a_look_that_is_under_way_goes_on_under_another_name() -> None:
    """Of an account that is renamed while its terminal is slow; one that comes has its patience first."""
    movement = Movement(1_000.0)
    movement.looks["guard a"] = Look(990.0, under_way=True)
    movement.expect("guard b", 1_000.0, instead_of="guard a")
    movement.expect("guard c", 1_000.0)
    assert movement.looks["guard b"] == Look(990.0, under_way=True)
    assert movement.looks["guard c"] == Look(1_000.0, under_way=False)
