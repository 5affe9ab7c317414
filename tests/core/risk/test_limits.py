"""Limits of entries on real paper terminals: at the tap, of taps at one moment, and again at the claim."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.errors import Refused
from core.model.policies import Hours
from core.model.risk import LockKind, Place
from core.model.trades import CloseReason, IntentState, TradeState
from core.ports import Store
from core.trading.account_loop import drain
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, open_paper_desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
D = Decimal
SMALL = RiskPolicy(fixed_lots=D("0.10"))


@pytest.fixture
def policy() -> RiskPolicy:
    return SMALL


@pytest.fixture
async def paper(store: Store, tmp_path: Path, policy: RiskPolicy) -> AsyncIterator[PaperDesk]:
    async with open_paper_desk(store, tmp_path, policy=policy) as made:
        yield made


def limited(**limits: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("policy", [replace(SMALL, **limits)])  # type: ignore[arg-type]


async def refusal(paper: PaperDesk, card: Approval) -> str:
    with pytest.raises(Refused) as caught:
        await paper.tap(card)
    async with paper.store.read() as tx:
        kept = await tx.approvals.get(card.id)
    assert kept is not None
    assert (kept.is_open, kept.refusal, kept.refused_at) == (True, str(caught.value), paper.clock.now())
    return str(caught.value)


async def opened(paper: PaperDesk) -> None:
    await paper.tap(await paper.card())
    await drain(paper.desk, paper.trader.account, Quarantine())


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (replace(SMALL, max_open_trades=2), "2 of 2 trades are open."),
        (
            replace(SMALL, max_open_lots=D("0.25")),
            "0.2 of 0.25 lots are open, and this signal wants 0.10",
        ),
        (
            replace(SMALL, max_per_day=2),
            "2 of 2 trades of today were opened; the next day",
        ),
    ],
)
async def test_the_third_trade_is_refused_with_the_numbers(paper: PaperDesk, sentence: str) -> None:
    for _ in range(2):
        await opened(paper)
    assert (await refusal(paper, await paper.card())).startswith(sentence)


@limited(max_open_trades=2)
async def test_of_five_taps_at_once_two_pass(paper: PaperDesk) -> None:
    cards = [await paper.card() for _ in range(5)]
    answers = await asyncio.gather(*map(paper.tap, cards), return_exceptions=True)
    assert sum(isinstance(answer, Approval) for answer in answers) == 2
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    await drain(paper.desk, paper.trader.account, Quarantine())
    assert len((await (await paper.session()).snapshot()).positions) == 2


@limited(max_open_trades=1)
async def test_what_was_opened_since_the_tap_counts_at_the_claim(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    beside = replace(await paper.intent(card), id=(await paper.intent(card)).id - 1)  # type: ignore[arg-type]
    async with paper.store.write() as tx:
        await tx.intents.add(replace(beside, approval_id=None, state=IntentState.PLACED))
    await drain(paper.desk, paper.trader.account, Quarantine())
    intent = await paper.intent(card)
    assert (intent.state, intent.detail) == (IntentState.REFUSED, "1 of 1 trades are open.")


@limited(cooldown_losses=2, cooldown_minutes=30)
async def test_after_losses_in_a_row_it_rests_and_goes_on(paper: PaperDesk) -> None:
    for _ in range(2):
        await opened(paper)
    now = paper.clock.now()
    for trade in await paper.trades():
        lost = replace(trade, state=TradeState.CLOSED, closed_at=now, profit=D(-5))
        async with paper.store.write() as tx:
            await tx.trades.update(replace(lost, close_reason=CloseReason.STOP_LOSS))
    again = now + timedelta(minutes=30)
    card = await paper.card(expires_in_s=7_200)
    sentence = f"No new trades now: 2 losses in a row; entries again at {again:%H:%M} UTC."
    assert await refusal(paper, card) == sentence
    paper.pass_time(1_800)
    assert (await paper.tap(card)).state == "approved"


@limited(hours=Hours(time(8), time(11)))
async def test_outside_the_hours_nothing_is_entered(paper: PaperDesk) -> None:
    assert "08:00 to 11:00 UTC; entries again at" in await refusal(paper, await paper.card())


@pytest.mark.parametrize("where", ["source", "instrument"])
async def test_a_lock_refuses_what_it_covers_while_it_lasts(paper: PaperDesk, where: str) -> None:
    places = {"source": Place(source_id=paper.source.id), "instrument": Place(instrument="XAUUSD")}
    async with paper.store.write() as tx:
        now = paper.clock.now()
        until = now + timedelta(minutes=5)
        await tx.locks.set(LockKind.OWNER, places[where], "NFP", now, paper.owner.id, until)
    card = await paper.card()
    if where == "source":
        assert await refusal(paper, card) == f"No new trades now: NFP (until {until:%H:%M} UTC)"
        paper.pass_time(300)
    assert (await paper.tap(card)).state == "approved"
