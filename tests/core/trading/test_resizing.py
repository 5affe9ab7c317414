"""Half and double the size: within all limits, told with the numbers, and what is traded then."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.accounts.settings import Ceilings
from core.model.approvals import Approval, SizedBy
from core.model.errors import Refused, Stale
from core.model.risk import Place
from core.model.trades import IntentState
from core.risk.locks import pause
from core.trading.account_loop import drain
from core.trading.foreseeing import foreseen, smaller_would_do
from core.trading.resizing import resize, sized
from core.trading.resolution import Quarantine
from core.trading.sizing import Size, scaled, size
from tests.core.trading.acting import D
from tests.fakes.desk import PaperDesk

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def shown(paper: PaperDesk) -> Approval:
    return await sized(paper.desk, await paper.card())


async def test_the_scaled_size_is_what_is_traded(paper_desk: PaperDesk) -> None:
    card = await shown(paper_desk)
    doubled = await resize(paper_desk.desk, card.id, card.version, paper_desk.trader.person, D(2))
    assert (doubled.factor, doubled.version) == (D(2), card.version + 1)
    assert card.lots is not None
    assert doubled.lots == 2 * card.lots
    assert doubled.risk is not None
    assert card.risk is not None
    assert abs(doubled.risk - 2 * card.risk) <= D("0.05")
    await paper_desk.tap(doubled)
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    order = await paper_desk.intent(card)
    assert (order.state, order.volume) == (IntentState.FILLED, doubled.lots)


async def test_a_version_of_before_is_stale(paper_desk: PaperDesk) -> None:
    card = await shown(paper_desk)
    await resize(paper_desk.desk, card.id, card.version, paper_desk.trader.person, D("0.5"))
    with pytest.raises(Stale):
        await resize(paper_desk.desk, card.id, card.version, paper_desk.trader.person, D(2))
    with pytest.raises(Stale):
        await paper_desk.tap(card)


LIMITS = {
    "a trade": ({"max_lots": D("0.5"), "fixed_lots": D("0.3")}, "0.6 lots are more than the 0.5 that you"),
    "all lots": ({"max_open_lots": D("0.5"), "fixed_lots": D("0.3")}, "this signal wants 0.6 more"),
    "open risk": ({"max_open_risk_percent": D("1.5")}, "and you allow 1.5 % of"),
}


@pytest.mark.parametrize("limit", LIMITS)
async def test_a_limit_refuses_it_with_its_numbers(paper_desk: PaperDesk, limit: str) -> None:
    changes, words = LIMITS[limit]
    account = paper_desk.trader.account
    async with paper_desk.store.write() as tx:
        policy = replace(account.policy, **changes)  # type: ignore[arg-type]
        await tx.accounts.put(replace(account, policy=policy), "")
    card = await shown(paper_desk)
    with pytest.raises(Refused, match=words):
        await resize(paper_desk.desk, card.id, card.version, paper_desk.trader.person, D(2))
    async with paper_desk.store.read() as tx:
        kept = await tx.approvals.get(card.id)
    assert kept is not None
    assert (kept.lots, kept.version, kept.factor) == (card.lots, card.version, D(1))
    assert kept.refusal is not None
    assert words in kept.refusal


async def test_the_setting_that_decides_is_told(paper_desk: PaperDesk) -> None:
    instrument = await (await paper_desk.session()).instrument("EURUSD")
    policy = paper_desk.trader.account.policy
    stop, entry, equity = D("1.0950"), D("1.1000"), D(10_000)
    by_percent = size(policy, instrument, equity, entry, stop)
    assert (by_percent.lots, by_percent.by) == (D("0.20"), SizedBy.PERCENT)
    fixed = size(replace(policy, fixed_lots=D("0.3")), instrument, equity, entry, stop)
    assert (fixed.lots, fixed.by) == (D("0.30"), SizedBy.FIXED)
    cut = size(replace(policy, max_lots=D("0.1")), instrument, equity, entry, stop)
    assert (cut.lots, cut.by) == (D("0.10"), SizedBy.MAX_LOTS)


async def test_less_than_the_smallest_lot_is_refused(paper_desk: PaperDesk) -> None:
    instrument = await (await paper_desk.session()).instrument("EURUSD")
    with pytest.raises(Refused, match=r"0\.005 lots are less than the broker's smallest lot \(0\.01\)"):
        scaled(Size(D("0.01"), D(5)), D("0.5"), instrument)
    assert scaled(Size(D("0.03"), D("9.00")), D("0.5"), instrument) == Size(D("0.01"), D("3.00"))


async def change(paper: PaperDesk, **changes: Any) -> None:
    account = paper.trader.account
    async with paper.store.write() as tx:
        await tx.accounts.put(replace(account, policy=replace(account.policy, **changes)), "")


@SQLITE
async def test_a_limit_that_was_lowered_since_holds_at_the_tap(paper_desk: PaperDesk) -> None:
    wide = {"fixed_lots": D("0.5"), "max_open_risk_percent": D(50)}
    await change(paper_desk, max_lots=D(1), **wide)
    card = await shown(paper_desk)
    doubled = await resize(paper_desk.desk, card.id, card.version, paper_desk.trader.person, D(2))
    await change(paper_desk, max_lots=D("0.5"), **wide)
    with pytest.raises(Refused, match=r"1\.0 lots are more than the 0\.5 that"):
        await paper_desk.tap(doubled)
    assert not await paper_desk.intents(card)


CEILINGS: dict[str, tuple[dict[str, Any], dict[str, Decimal], str]] = {
    "percent": ({"risk_percent": D("0.6")}, {"risk_percent": D(1)}, "1.2 % of equity are more than the 1 %"),
    "fixed": (
        {"fixed_lots": D("0.1")},
        {"fixed_lots": D("0.15")},
        "lots are more than the 0.15 that the desk",
    ),
    "most": ({"fixed_lots": D("0.1")}, {"max_lots": D("0.15")}, "lots are more than the 0.15 that the desk"),
}


@SQLITE
@pytest.mark.parametrize("ceiling", CEILINGS)
async def test_nobody_scales_past_what_the_desk_allows(paper_desk: PaperDesk, ceiling: str) -> None:
    changes, most, words = CEILINGS[ceiling]
    await change(paper_desk, **changes)
    card, person = await shown(paper_desk), paper_desk.trader.person
    doubled = await resize(paper_desk.desk, card.id, card.version, person, D(2))
    paper_desk.desk = replace(paper_desk.desk, ceilings=Ceilings(most))
    with pytest.raises(Refused, match=words):
        await paper_desk.tap(doubled)
    other = await shown(paper_desk)
    with pytest.raises(Refused, match=words):
        await resize(paper_desk.desk, other.id, other.version, person, D(2))
    halved = await resize(paper_desk.desk, other.id, other.version, person, D("0.5"))
    await paper_desk.tap(halved)


async def seen(paper: PaperDesk) -> Approval:
    """A card, with an obstacle by the account's newest reading."""
    paper.desk.board.snapshots[paper.trader.account.id] = await (await paper.session()).snapshot()
    card = await foreseen(paper.desk, await shown(paper))
    assert card.obstacle is not None
    return card


@SQLITE
async def test_where_less_would_do_that_is_known(paper_desk: PaperDesk) -> None:
    desk, person = paper_desk.desk, paper_desk.trader.person
    await change(paper_desk, max_open_lots=D("0.15"))
    card = await seen(paper_desk)
    assert await smaller_would_do(desk, card)
    halved = await foreseen(desk, await resize(desk, card.id, card.version, person, D("0.5")))
    assert halved.obstacle is None
    assert not await smaller_would_do(desk, halved)
    await paper_desk.tap(halved)


@SQLITE
@pytest.mark.parametrize("most", ["0.05", "0.15"])
async def test_less_is_no_way_past_another_obstacle(paper_desk: PaperDesk, most: str) -> None:
    """Half of it is too much still, or something else is in the way, too."""
    await change(paper_desk, max_open_lots=D(most))
    if most == "0.15":
        await pause(paper_desk.desk, paper_desk.owner, "lunch", Place(paper_desk.trader.account.id))
    card = await seen(paper_desk)
    assert not await smaller_would_do(paper_desk.desk, card)
