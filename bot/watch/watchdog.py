"""The dead man's switch: a thread that tells the owners when the loop or a guard stands still.

It uses nothing of the loop: what stands still could not tell anybody. Python code that blocks is seen; a
library that blocks and keeps the interpreter to itself stops this thread as well, which only an external
ping notices (bot/watch/ping.py).
"""

import asyncio
import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import structlog

from bot.watch.alarm import Say
from bot.words import Words, words_of
from core.model.clock import Clock
from core.model.people import Person, Role
from core.ports import Store
from core.standstill import Movement, Standstill, standstill

log = structlog.get_logger(__name__)

STOOD_STILL = 75
"""The exit status (EX_TEMPFAIL of sysexits: try again) by which a supervisor knows why the process ended."""

BEAT_S = 1.0
OWNERS_EVERY_S = 30.0
FIRST_PAUSE_S = 60.0
LONGEST_PAUSE_S = 3600.0
RETRY_S = 5.0
SUSPENDED_S = 5.0
LAST_WORDS_S = 5.0
NAMED = 5


class Tells(Protocol):
    """Tells the owners, and the admins when nobody helps; see Alarm."""

    chats: Mapping[int, Words]
    others: Mapping[int, Words]

    def tell(self, say: Say, *, others: bool = False) -> bool:
        """Whether nobody is left whom another try could reach."""


@dataclass(slots=True)
class _Episode:
    """A standstill: when it was seen first, how long it had lasted when last seen, when it is told next, how
    often it was."""

    began_s: float
    longest_s: float
    next_at_s: float
    told: int = 0


class Watchdog:
    """Watches `movement` while entered. `rest` waits and says whether to stop; tests pass their own.

    `guards` are the tasks that must not stand still; the loop puts others in their place, whole.
    """

    def __init__(
        self,
        movement: Movement,
        guards: Collection[str],
        alarm: Tells,
        patience_s: float,
        clock: Clock,
        *,
        ends: bool = False,
        escalate_after_s: float = 300.0,
        rest: Callable[[float], bool] | None = None,
    ) -> None:
        self._movement = movement
        self.guards = guards
        self._alarm = alarm
        self._patience_s = patience_s
        self._step_s = min(BEAT_S, patience_s / 5)
        self._clock = clock
        self._ends = ends
        self._escalate_after_s = escalate_after_s
        self._stop = threading.Event()
        self._rest = rest or self._stop.wait
        self._since_s = clock.monotonic()
        self._episode: _Episode | None = None
        self._thread = threading.Thread(target=self.run, name="watchdog", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._since_s = self._clock.monotonic()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop watching: from here on a guard may stand still. The thread ends by itself."""
        self._stop.set()

    @property
    def is_awake(self) -> bool:
        """Whether its thread lives."""
        return self._thread.is_alive()

    async def beat(self) -> None:
        """The loop's sign of life, until cancelled."""
        while True:
            self._movement.beat_s = self._clock.monotonic()
            await self._clock.sleep(self._step_s)

    async def know_owners(self, store: Store) -> None:
        """Keep the chats of who is told up to date, until cancelled."""
        while True:
            async with store.read() as tx:
                people = await tx.people.all()
            self._alarm.chats = _readers(people, Role.OWNER)
            self._alarm.others = _readers(people, Role.ADMIN)
            await self._clock.sleep(OWNERS_EVERY_S)

    def run(self) -> None:
        """What the thread does until it is stopped."""
        before_s = self._clock.monotonic()
        while not self._rest(self._step_s):
            now_s = self._clock.monotonic()
            if now_s - before_s > self._step_s + SUSPENDED_S:
                self._since_s = now_s  # the machine slept, and this thread with it: all begin anew
            self._look(now_s)
            before_s = self._clock.monotonic()

    def _look(self, now_s: float) -> None:
        self._movement.watched_s = now_s
        found = standstill(self._movement, self.guards, self._since_s, now_s, self._patience_s)
        if found is None:
            self._over()
        else:
            self._lasts(found, now_s)

    def _lasts(self, found: Standstill, now_s: float) -> None:
        """Tell when it is time to. The alarm goes first: a log that blocks must not hold it up."""
        episode = self._episode = self._episode or _Episode(now_s, found.longest_s, now_s)
        episode.longest_s = found.longest_s
        if now_s < episode.next_at_s:
            return
        arrived = self._alarm.tell(
            what_stands_still(found, ends=self._ends), others=self._escalates(episode, now_s)
        )
        if self._ends:
            self._end(found)
        episode.told += arrived
        pause_s = min(FIRST_PAUSE_S * 2.0 ** (episode.told - 1), LONGEST_PAUSE_S) if arrived else RETRY_S
        episode.next_at_s = now_s + pause_s
        log.error("standing_still", seconds=round(found.longest_s), told=arrived, **_names(found))

    def _escalates(self, episode: _Episode, now_s: float) -> bool:
        """Whether the owners had their time: nobody can say that they have it in hand while nothing moves."""
        return now_s - episode.began_s >= self._escalate_after_s

    def _over(self) -> None:
        episode = self._episode
        if episode is None:
            return
        others = self._escalates(episode, self._clock.monotonic())
        if episode.told and not self._alarm.tell(_recovery(episode.longest_s), others=others):
            return  # told at the next look
        self._episode = None
        log.warning("moving_again", stood_still_s=round(episode.longest_s))

    def _end(self, found: Standstill) -> None:
        """End the process, with the stacks of all threads and tasks in the log; soon even if that blocks."""
        at_last = threading.Timer(LAST_WORDS_S, os._exit, (STOOD_STILL,))
        at_last.daemon = True
        at_last.start()
        log.critical("ended_by_watchdog", seconds=round(found.longest_s), **_names(found))
        faulthandler.dump_traceback(file=sys.__stderr__ or 2, all_threads=True)
        for task in asyncio.all_tasks(self._loop) if self._loop else ():
            task.print_stack(file=sys.__stderr__)
        if sys.__stderr__:
            sys.__stderr__.flush()
        os._exit(STOOD_STILL)


def _readers(people: Sequence[Person], role: Role) -> dict[int, Words]:
    """The chats of those with the role who can be reached, with their words."""
    reached = [each for each in people if role in each.roles and each.reachable]
    return {each.chat_id: words_of(each) for each in reached if each.chat_id is not None}


def what_stands_still(found: Standstill, *, ends: bool) -> Say:
    """What it is, what that means, and what happens now."""

    def say(words: Words) -> str:
        then = words.label("alarm-ends") if ends else words.label("alarm-restart")
        return "\n\n".join([_what(found, words), words.label("alarm-unguarded"), then])

    return say


def _what(found: Standstill, words: Words) -> str:
    seconds = round(found.longest_s)
    if found.loop_s is not None:
        return words.label("alarm-still-loop", seconds=seconds)
    named = ", ".join(sorted(found.guards)[:NAMED])
    more = len(found.guards) - NAMED
    if more > 0:
        return words.label("alarm-still-guards-more", guards=named, more=more, seconds=seconds)
    return words.label("alarm-still-guards", guards=named, seconds=seconds)


def _names(found: Standstill) -> dict[str, object]:
    return {"what": "loop"} if found.loop_s is not None else {"what": "guard", "guards": len(found.guards)}


def _recovery(stood_still_s: float) -> Say:
    return lambda words: words.label("alarm-moves", seconds=round(stood_still_s))
