"""What an account's books prove of an order, and what the desk does when its own database fails it."""

import asyncio
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.model.trades import IntentState
from core.paper.server.faults import Fault, Kind
from core.trading.account_loop import Pace, drain, trade
from core.trading.execution import adopt_abandoned, adopt_orphans, execute_next
from core.trading.resolution import Quarantine, resolve
from storage.store import SqlStore
from tests.fakes.desk import PaperDesk, open_paper_desk
from tests.fakes.links import InProcess, severed
from tests.fakes.watched import WatchedStore

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def stripped(function: str, result: Any) -> Any:
    """A broker that keeps neither magic nor comment."""
    if isinstance(result, list) and function != "symbols_get":
        return [{**row, "magic": 0, "comment": ""} for row in result]
    return result


async def states(paper: PaperDesk, cards: Sequence[Any]) -> list[IntentState]:
    return [(await paper.intent(card)).state for card in cards]


async def test_an_outcome_that_could_not_be_written_is_looked_up(store: SqlStore, tmp_path: Path) -> None:
    failing = ["settle filled: written"]

    async def reach(step: str) -> None:
        if step in failing:
            failing.remove(step)
            raise OSError("disk full")

    async with open_paper_desk(WatchedStore(store, reach), tmp_path) as paper:
        account = paper.trader.account
        cards = [await paper.card(), await paper.card()]
        for card in cards:
            await paper.tap(card)
        with pytest.raises(OSError, match="disk full"):
            await trade(paper.desk, account, Pace())
        assert await states(paper, cards) == [IntentState.SENDING, IntentState.NEW]

        again = asyncio.create_task(trade(paper.desk, account, Pace(busy_s=0.01)))
        async with asyncio.timeout(20):
            while await states(paper, cards) != [IntentState.FILLED] * 2:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        again.cancel()
        await asyncio.wait([again])
        assert len((await (await paper.session()).snapshot()).positions) == 2


async def test_what_an_older_life_was_sending_is_found_after_the_restart(paper_desk: PaperDesk) -> None:
    card = await paper_desk.card()
    await paper_desk.tap(card)
    async with paper_desk.store.write() as tx:
        assert await tx.intents.claim(
            paper_desk.trader.account.id, paper_desk.desk.epoch, paper_desk.clock.now()
        )
    older = paper_desk.desk
    await paper_desk.restart()
    assert (await paper_desk.intent(card)).state is IntentState.UNKNOWN
    assert [notice.subject for notice in await paper_desk.alerts()] == ["intent_unknown"]
    assert await adopt_orphans(paper_desk.desk) == 0
    assert await adopt_abandoned(older, paper_desk.trader.account) == 0

    other = await paper_desk.card()
    await paper_desk.tap(other)
    async with paper_desk.store.write() as tx:
        claimed = await tx.intents.claim(paper_desk.trader.account.id, older.epoch, paper_desk.clock.now())
        assert claimed is None, "an older host claims nothing"
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine(opening_s=0, clean_reads=1))
    assert await states(paper_desk, [card, other]) == [IntentState.EXPIRED, IntentState.FILLED]


async def test_a_position_without_marks_is_known_by_its_likeness(store: SqlStore, tmp_path: Path) -> None:
    terminal = InProcess(change=stripped)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        card = await paper.card()
        await paper.tap(card)
        paper.broker.misfortune(Fault(Kind.REPLY_LOST))
        await drain(paper.desk, paper.trader.account, Quarantine())
        assert (await paper.intent(card)).state is IntentState.FILLED


async def test_an_answer_with_a_number_that_is_none_is_unknown_not_unsent(
    store: SqlStore, tmp_path: Path
) -> None:
    def mangled(function: str, result: Any) -> Any:
        return {**result, "price": math.nan} if function == "order_send" else result

    terminal = InProcess(change=mangled)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        card = await paper.card()
        await paper.tap(card)
        await execute_next(paper.desk, paper.trader.account)
        assert (await paper.intent(card)).state is IntentState.UNKNOWN
        await drain(paper.desk, paper.trader.account, Quarantine())
        assert (await paper.intent(card)).state is IntentState.FILLED
        assert len(await paper.trades()) == 1


async def test_the_position_of_another_trade_is_no_proof(store: SqlStore, tmp_path: Path) -> None:
    """Two orders alike at a broker that strips marks: the first is filled, the second never left."""
    terminal = InProcess(change=stripped)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        first, second = await paper.card(), await paper.card()
        await paper.tap(first)
        await execute_next(paper.desk, paper.trader.account)
        await paper.tap(second)
        terminal.before = severed
        await execute_next(paper.desk, paper.trader.account)
        terminal.before = InProcess().before
        for _ in range(20):
            paper.pass_time(10)
            await drain(paper.desk, paper.trader.account, Quarantine())
        assert await states(paper, [first, second]) == [IntentState.FILLED, IntentState.EXPIRED]
        assert len(await paper.trades()) == 1


async def test_a_filled_order_whose_deal_is_not_listed_yet_is_not_missing(
    store: SqlStore, tmp_path: Path
) -> None:
    hidden = {"positions_get", "history_deals_get"}
    terminal = InProcess(change=lambda function, result: [] if function in hidden else result)
    async with open_paper_desk(store, tmp_path, open_terminal=lambda _: terminal) as paper:
        card = await paper.card()
        await paper.tap(card)
        paper.broker.misfortune(Fault(Kind.REPLY_LOST))
        for _ in range(20):
            paper.pass_time(10)
            await drain(paper.desk, paper.trader.account, Quarantine())
        assert (await paper.intent(card)).state is IntentState.UNKNOWN
        hidden.clear()
        assert await resolve(paper.desk, paper.trader.account, Quarantine()) == 0
        assert (await paper.intent(card)).state is IntentState.FILLED
