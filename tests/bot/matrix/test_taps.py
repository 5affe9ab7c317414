"""Every button that does something, tapped by the right person: one effect, one answer, whatever happens.

Each cell is a button of `rows`, brought about through the public door, and one of the columns below.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.buttons.fields import DeskTap
from bot.sandbox import UNLIMITED, SandboxClient, World, serve
from tests.bot.matrix.rows import LOOKS, ROWS, Row
from tests.bot.matrix.scene import Scene, Shown, Telegram, a_scene
from tests.bot.matrix.ways import take
from tests.bot.wording import reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWERS = ("answerCallbackQuery", "editMessageText", "editMessageCaption", "editMessageReplyMarkup",
           "sendMessage", "sendPhoto", "sendDocument")  # fmt: skip
"""All that a tap is answered with."""
each_row = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
OWN = {name: row for name, row in ROWS.items() if not row.like}
each_way = pytest.mark.parametrize("row", OWN.values(), ids=OWN)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def one_telegram() -> AsyncIterator[Telegram]:
    """One sandbox for all cells, over HTTP."""
    async with serve(World(settings=UNLIMITED)) as sandbox, SandboxClient(sandbox.url) as people:
        yield Telegram(sandbox, people)


@dataclass
class Trial:
    """A button before the right person, and what there was before it was tapped."""

    scene: Scene
    row: Row
    shown: Shown
    events: int
    deals: int
    answers: int
    seen: list[str]

    async def tap(self, times: int = 1) -> None:
        for _ in range(times):
            await self.scene.press(self.shown)

    async def done(self) -> None:
        """All is handled, done at the broker, and told."""
        await self.scene.settle()
        await self.scene.trade()

    async def happened(self) -> list[str]:
        return [event.name for event in (await self.scene.events())[self.events :]]

    async def answered(self) -> int:
        return len(await self.scene.people.answers(self.shown.person)) - self.answers

    async def told(self) -> list[str]:
        """What the person has seen since, answers without words left out."""
        seen = await self.scene.seen_by(self.shown.person)
        return [one for one in seen if one not in self.seen and not one.endswith("answer: ")]

    async def check_effect(self, *effects: str, deals: int) -> None:
        assert Counter(await self.happened()) == Counter(effects)
        assert await self.scene.deals() - self.deals == deals

    async def check_done_once(self, answers: int = 1) -> None:
        await self.check_effect(*self.row.effect, deals=self.row.deals)
        assert await self.answered() == answers
        await self.check_truth()

    async def reads_truth(self) -> bool:
        return any(self.row.truth in one for one in await self.told())

    async def check_truth(self) -> None:
        assert not self.row.truth or await self.reads_truth(), await self.told()

    async def check_nothing_done(self) -> None:
        await self.check_effect(deals=0)
        assert await self.answered() == 1
        assert await self.told() != []


Begin = Callable[[Row], Awaitable[Trial]]


@pytest_asyncio.fixture(loop_scope="module")
async def begin(
    one_telegram: Telegram, sqlite_template: Path, tmp_path: Path, logs: list[MutableMapping[str, Any]]
) -> AsyncIterator[Begin]:
    """Brings a row's button about. In the end no fault of ours may have been logged."""
    async with a_scene(one_telegram, sqlite_template, tmp_path) as scene:

        async def begun(row: Row) -> Trial:
            await take(scene, row.by, *row.way)
            shown = await scene.button(row.by, row.kind, **row.fields)
            return await marked(scene, row, shown)

        yield begun
        await one_telegram.people.clear_faults()
    assert [entry for entry in logs if entry["log_level"] in ("error", "critical")] == []


async def marked(scene: Scene, row: Row, shown: Shown) -> Trial:
    """From here on is counted."""
    events, deals = len(await scene.events()), await scene.deals()
    answers = len(await scene.people.answers(shown.person))
    return Trial(scene, row, shown, events, deals, answers, await scene.seen_by(shown.person))


async def test_no_button_is_forgotten() -> None:
    """A new button is a row of the table, or looks only."""
    tabled = {(row.kind, row.act) for row in ROWS.values()}
    there = {(kind, act) for kind in DeskTap.__subclasses__() for act in _acts(kind)}
    assert there == tabled | LOOKS
    assert tabled & LOOKS == set()
    assert {row.like for row in ROWS.values() if row.like} <= set(OWN)


def _acts(kind: type[DeskTap]) -> list[object]:
    act: Any = kind.model_fields["act"].annotation if "act" in kind.model_fields else None
    return [None] if act is None else list(act)


@each_row
async def test_it_does_it_and_a_second_tap_does_nothing_more(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    await trial.tap()
    await trial.done()
    await trial.check_done_once()
    await trial.tap()
    await trial.done()
    await trial.check_effect(*row.effect, *(row.again or row.each), deals=row.deals)
    assert await trial.answered() == 2


@each_row
async def test_two_taps_at_once_do_it_once_and_both_are_answered(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    await trial.tap(2)
    await trial.done()
    await trial.check_effect(*row.effect, *row.each, deals=row.deals)
    assert await trial.answered() == 2
    await trial.check_truth()


@each_row
async def test_a_button_of_what_was_before_does_nothing_and_says_so(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    await take(trial.scene, row.by, *row.meanwhile)
    trial = await marked(trial.scene, row, trial.shown)
    await trial.tap()
    await trial.done()
    if row.always:
        await trial.check_done_once()
    else:
        await trial.check_nothing_done()


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in OWN.items() if row.by != "sam"])
async def test_who_was_blocked_meanwhile_does_nothing(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    async with trial.scene.store.write() as tx:
        await tx.people.block(trial.scene.person(row.by).id, trial.scene.desk.clock.now())
    trial = await marked(trial.scene, row, trial.shown)
    await trial.tap()
    await trial.done()
    await trial.check_effect("door.refused", deals=0)
    assert await trial.answered() == 1
    assert any(reply("blocked") in one for one in await trial.told())


@each_way
async def test_who_blocks_the_bot_after_the_tap_has_done_it(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    await trial.tap()
    await trial.scene.people.block(trial.shown.person)
    await trial.done()
    if row.heard:
        await trial.check_effect(deals=0)
    else:
        await trial.check_effect(*row.effect, deals=row.deals)


@each_way
async def test_too_many_requests_delay_the_answer_and_lose_none(begin: Begin, row: Row) -> None:
    trial = await begin(row)
    for method in ANSWERS:
        await trial.scene.people.fault(method, 429, retry_after=1)
    await trial.tap()
    await trial.done()
    await trial.check_done_once()


@each_way
@pytest.mark.parametrize("performed", [True, False], ids=["performed", "lost"])
async def test_after_a_time_out_at_the_answer_the_truth_is_read_or_told(
    begin: Begin, row: Row, performed: bool
) -> None:
    """Who does not read it taps again."""
    trial = await begin(row)
    for method in ANSWERS:
        await trial.scene.people.cut(method, performed=performed)
    await trial.tap()
    await trial.done()
    await trial.scene.people.clear_faults()
    if await trial.reads_truth():
        await trial.check_effect(*row.effect, deals=row.deals)
    else:
        await trial.tap()
        await trial.done()
        await trial.check_effect(*row.effect, *(() if row.heard else row.each), deals=row.deals)
        assert await trial.told() != []


@each_way
async def test_the_next_life_of_the_desk_answers_a_tap_on_a_message_of_the_last(
    begin: Begin, row: Row
) -> None:
    trial = await begin(row)
    await trial.scene.begin_anew()
    await trial.tap()
    await trial.done()
    if row.remembered:
        await trial.check_nothing_done()
    else:
        await trial.check_done_once()


@each_way
async def test_a_desk_that_dies_before_it_answers_has_done_it_once(begin: Begin, row: Row) -> None:
    """Telegram hands the tap to the next life once more."""
    trial = await begin(row)
    await trial.tap()
    await trial.scene.dies_after(trial.happened)
    await trial.done()
    await trial.check_effect(*row.effect, *row.each, deals=row.deals)
    assert await trial.answered() == 1
    assert await trial.told() != []
