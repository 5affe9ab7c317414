"""Standing approvals: accepted with a text of their own, used within caps and all checks, ended by much."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from core.desk import Desk
from core.intake.accept import accept as receive
from core.intake.draft import Draft
from core.model.approvals import Approval, ApprovalState
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import NoticeKind
from core.model.ids import ApprovalId, SignalId
from core.model.instruments import Side
from core.model.people import Person, Role
from core.model.policies import Plan
from core.model.risk import DESK, LockKind, Place
from core.model.standing import STANDING_CONSENT_VERSION, StandingApproval
from core.model.trades import IntentState
from core.ports import Delivery, Store
from core.risk.limits import day_of
from core.risk.locks import pause
from core.trading import taking
from core.trading.account_loop import drain
from core.trading.approving import decide_yes, undo
from core.trading.resolution import Quarantine
from core.trading.standing import DAYS, LOTS, accept, draft, end_void, revoke, turn
from core.trading.taking import keep_standing, take_all
from tests.core.trading.acting import D
from tests.core.trading.test_trading_loop import until
from tests.fakes.desk import PaperDesk, Trader, open_paper_desk

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WIDE = {"max_lots": D(10), "max_per_day": 5, "max_open_risk_percent": D(10)}


async def stand(paper: PaperDesk, trader: Trader | None = None, **caps: Any) -> StandingApproval:
    """One in force (of the first trader), with wide caps but for those that are given."""
    person = (trader or paper.trader).person
    begun = await draft(paper.desk, person, paper.source.id)
    async with paper.store.write() as tx:
        await tx.standing.update(replace(begun, **{**WIDE, **caps}), begun.version)
    return await accept(paper.desk, person, begun.id, begun.version, STANDING_CONSENT_VERSION)


async def arrive(paper: PaperDesk, *, try_it: bool = True, stop: bool = True, targets: int = 0) -> Approval:
    """The trader's card of such a signal; tried by what stands unless told not to."""
    signal = await sent(paper, stop=stop, targets=targets)
    if try_it:
        await take_all(paper.desk)
    async with paper.store.read() as tx:
        [approval] = await tx.approvals.of_signal(signal)
    return approval


async def sent(paper: PaperDesk, *, stop: bool = True, targets: int = 0) -> SignalId:
    """A signal at the market, by the door that every source uses."""
    entry = Decimal(str(paper.quote().ask))
    wanted = Draft("EURUSD", Side.BUY, entry=entry, stop_loss=entry - D("0.0050") if stop else None)
    wanted = replace(wanted, take_profits=tuple(entry + D("0.0030") * n for n in range(1, targets + 1)))
    got = await receive(paper.desk, paper.source, Delivery(uuid4().hex, uuid4().hex), wanted)
    return got.signal.id


async def cards(paper: PaperDesk, approval: Approval) -> int:
    waiting = await paper.messages(NoticeKind.CARD)
    return sum(notice.subject == str(approval.id) for notice in waiting)


async def test_none_is_there_until_it_is_accepted(paper_desk: PaperDesk) -> None:
    begun = await draft(paper_desk.desk, paper_desk.trader.person, paper_desk.source.id)
    assert begun.is_draft
    assert not begun.holds
    left = await arrive(paper_desk)
    assert (left.state, left.standing_id) == (ApprovalState.PENDING, None)
    assert await cards(paper_desk, left) == 1


async def test_what_arrives_is_approved_and_traded_by_its_number(paper_desk: PaperDesk) -> None:
    found = await stand(paper_desk)
    taken = await arrive(paper_desk)
    assert (taken.state, taken.standing_id) == (ApprovalState.APPROVED, found.id)
    assert taken.consent_version is not None
    assert await cards(paper_desk, taken) == 1
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    assert (await paper_desk.intent(taken)).state is IntentState.FILLED
    async with paper_desk.store.read() as tx:
        event = await tx.events.last("approval.decided", str(taken.id))
    assert event is not None
    assert event.data["standing"] == str(found.id)


async def test_its_card_waits_until_it_was_tried(paper_desk: PaperDesk) -> None:
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    assert await cards(paper_desk, waiting) == 0
    await take_all(paper_desk.desk)
    assert await cards(paper_desk, waiting) == 1


async def test_tried_many_times_at_once_it_is_traded_once(paper_desk: PaperDesk) -> None:
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    await asyncio.gather(*(take_all(paper_desk.desk) for _ in range(5)))
    assert len(await paper_desk.intents(waiting)) == 1
    async with paper_desk.store.read() as tx:
        after = await tx.approvals.get(waiting.id)
    assert after is not None
    assert after.state is ApprovalState.APPROVED


Spoil = Callable[[PaperDesk], Awaitable[object]]


async def paused(paper: PaperDesk) -> None:
    await pause(paper.desk, paper.owner, "lunch", Place(paper.trader.account.id))


async def limited(paper: PaperDesk) -> None:
    account = paper.trader.account
    policy = replace(account.policy, max_open_lots=D("0.01"))
    async with paper.store.write() as tx:
        await tx.accounts.put(replace(account, policy=policy), "")


async def away(paper: PaperDesk) -> None:
    """The price runs away between the arrival and the try."""
    paper.move("EURUSD", 1)


CAPS: dict[str, tuple[dict[str, Any], str]] = {
    "lots": ({"max_lots": D("0.01")}, "lots are more than the 0.01 that it may trade."),
    "open risk": ({"max_open_risk_percent": D("0.5")}, "and you allow 0.5 % of"),
}


@pytest.mark.parametrize("cap", CAPS)
async def test_a_cap_leaves_it_to_the_trader_and_says_so(paper_desk: PaperDesk, cap: str) -> None:
    caps, words = CAPS[cap]
    await stand(paper_desk, **caps)
    left = await arrive(paper_desk)
    assert left.state is ApprovalState.PENDING
    assert left.standing_note is not None
    assert words in left.standing_note
    assert await cards(paper_desk, left) == 1
    assert not await paper_desk.intents(left)
    decided = await paper_desk.tap(left)
    assert (decided.state, decided.standing_id) == (ApprovalState.APPROVED, None), "by the trader, then"


async def test_so_many_a_day(paper_desk: PaperDesk) -> None:
    await stand(paper_desk, max_per_day=2)
    states = [(await arrive(paper_desk)).state for _ in range(3)]
    assert states == [ApprovalState.APPROVED, ApprovalState.APPROVED, ApprovalState.PENDING]
    tomorrow = day_of(paper_desk.clock.now()) + timedelta(days=1)
    async with paper_desk.store.read() as tx:
        [found] = await tx.standing.holding()
        of = (found.account_id, found.source_id)
        assert await tx.intents.count_taken(*of, day_of(paper_desk.clock.now())) == 2
        assert await tx.intents.count_taken(*of, tomorrow) == 0
    await drain(paper_desk.desk, paper_desk.trader.account, Quarantine())
    await stand(paper_desk, max_per_day=3)
    states = [(await arrive(paper_desk)).state for _ in range(2)]
    assert states == [ApprovalState.APPROVED, ApprovalState.PENDING], "what it replaces has taken two already"


async def test_each_part_of_a_plan_is_a_trade_of_the_day(paper_desk: PaperDesk) -> None:
    account = paper_desk.trader.account
    policy = replace(account.policy, plan=Plan.SPLIT, fixed_lots=D("0.09"))
    async with paper_desk.store.write() as tx:
        await tx.accounts.put(replace(account, policy=policy), "")
    await stand(paper_desk, max_per_day=4)
    first = await arrive(paper_desk, targets=3)
    assert len(await paper_desk.intents(first)) == 3
    left = await arrive(paper_desk, targets=3)
    assert left.standing_note == "3 of its 4 trades of today were taken, and this signal wants 3 more."
    assert (await arrive(paper_desk)).state is ApprovalState.APPROVED
    left = await arrive(paper_desk)
    assert left.standing_note == "4 of its 4 trades of today were taken."


CHECKS: dict[str, tuple[Spoil, str]] = {
    "a pause": (paused, "is paused by Olivia: lunch"),
    "limits": (limited, "lots are open, and this signal wants"),
    "the price": (away, "The price moved"),
}


@pytest.mark.parametrize("check", CHECKS)
async def test_every_check_of_a_tap_holds(paper_desk: PaperDesk, check: str) -> None:
    spoil, words = CHECKS[check]
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    await spoil(paper_desk)
    await take_all(paper_desk.desk)
    async with paper_desk.store.read() as tx:
        left = await tx.approvals.get(waiting.id)
    assert left is not None
    assert left.state is ApprovalState.PENDING
    assert words in (left.standing_note or "")
    assert left.refusal is None, "nobody has tapped"
    assert not await paper_desk.intents(waiting)


async def test_without_a_stop_nobody_knows_what_is_at_risk(paper_desk: PaperDesk) -> None:
    account = paper_desk.trader.account
    policy = replace(account.policy, allow_no_stop=True, fixed_lots=D("0.10"))
    async with paper_desk.store.write() as tx:
        await tx.accounts.put(replace(account, policy=policy), "")
    await stand(paper_desk)
    left = await arrive(paper_desk, stop=False)
    assert "no stop loss" in (left.standing_note or "")
    assert left.state is ApprovalState.PENDING


async def test_nothing_older_than_its_expiry_is_taken(paper_desk: PaperDesk) -> None:
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    paper_desk.pass_time(timedelta(minutes=16).total_seconds())
    await take_all(paper_desk.desk)
    assert not await paper_desk.intents(waiting)


async def test_a_restart_tries_what_waited_with_the_same_checks(paper_desk: PaperDesk) -> None:
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    await paper_desk.restart()
    await take_all(paper_desk.desk)
    assert len(await paper_desk.intents(waiting)) == 1


async def test_what_is_taken_back_is_not_taken_again(paper_desk: PaperDesk) -> None:
    account = paper_desk.trader.account
    async with paper_desk.store.write() as tx:
        await tx.accounts.put(replace(account, policy=replace(account.policy, undo_s=10)), "")
    await stand(paper_desk)
    taken = await arrive(paper_desk)
    await undo(paper_desk.desk, taken.id, taken.version, paper_desk.trader.person)
    await take_all(paper_desk.desk)
    assert not await paper_desk.intents(taken)


async def test_revoked_by_one_tap_at_once(paper_desk: PaperDesk) -> None:
    found = await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    await revoke(paper_desk.desk, paper_desk.trader.person, found.id, found.version)
    await take_all(paper_desk.desk)
    assert not await paper_desk.intents(waiting)
    left = await arrive(paper_desk)
    assert (left.state, left.standing_id) == (ApprovalState.PENDING, None)
    with pytest.raises(Stale):
        await revoke(paper_desk.desk, paper_desk.trader.person, found.id, found.version + 1)


async def role_is_taken(paper: PaperDesk) -> None:
    async with paper.store.write() as tx:
        await tx.people.put(replace(paper.trader.person, roles=frozenset({Role.VIEWER})))


async def guard_locks(paper: PaperDesk) -> None:
    async with paper.store.write() as tx:
        place = Place(paper.trader.account.id)
        await tx.locks.set(LockKind.DRAWDOWN, place, "drawdown 20 %", paper.clock.now(), None)


async def its_time_is_over(paper: PaperDesk) -> None:
    paper.pass_time(timedelta(days=30).total_seconds())


async def another_text(paper: PaperDesk) -> None:
    async with paper.store.write() as tx:
        [found] = await tx.standing.holding()
        await tx.standing.update(replace(found, consent_version=STANDING_CONSENT_VERSION - 1), found.version)


ENDS: dict[str, tuple[Spoil, str]] = {
    "role": (role_is_taken, "Your role does not permit"),
    "guard": (guard_locks, "The guard has locked it: drawdown 20 %"),
    "time": (its_time_is_over, "days are over."),
    "text": (another_text, "The text that you accepted has changed."),
}


@pytest.mark.parametrize("why", ENDS)
async def test_it_ends_and_its_trader_is_told(paper_desk: PaperDesk, why: str) -> None:
    spoil, words = ENDS[why]
    found = await stand(paper_desk)
    assert await end_void(paper_desk.desk) == 0
    await spoil(paper_desk)
    assert await end_void(paper_desk.desk) == 1
    assert await end_void(paper_desk.desk) == 0
    async with paper_desk.store.read() as tx:
        ended = await tx.standing.get(found.id)
    assert ended is not None
    assert words in (ended.ended_because or "")
    [told] = [notice for notice in await paper_desk.alerts() if notice.subject == "standing_ended"]
    assert words in str(told.data["reason"])


@pytest.mark.parametrize("why", ENDS)
async def test_void_it_takes_nothing_even_before_it_was_ended(paper_desk: PaperDesk, why: str) -> None:
    await stand(paper_desk)
    waiting = await arrive(paper_desk, try_it=False)
    await ENDS[why][0](paper_desk)
    await take_all(paper_desk.desk)
    assert not await paper_desk.intents(waiting)


async def test_a_newer_one_takes_its_place(paper_desk: PaperDesk) -> None:
    first, second = await stand(paper_desk), await stand(paper_desk)
    async with paper_desk.store.read() as tx:
        assert [one.id for one in await tx.standing.holding()] == [second.id]
        before = await tx.standing.get(first.id)
    assert before is not None
    assert before.ended_because == f"Standing approval no. {second.id} takes its place."


async def test_caps_are_turned_and_the_last_is_followed_by_the_least(paper_desk: PaperDesk) -> None:
    person = paper_desk.trader.person
    found = await draft(paper_desk.desk, person, paper_desk.source.id)
    seen = [found.max_lots]
    for _ in LOTS:
        found = await turn(paper_desk.desk, person, found.id, found.version, "max_lots")
        seen.append(found.max_lots)
    assert seen == [*LOTS, LOTS[0]]
    for cap in ("max_per_day", "max_open_risk_percent", "days", "account_id"):
        found = await turn(paper_desk.desk, person, found.id, found.version, cap)
    assert found.account_id == paper_desk.trader.account.id
    assert max(DAYS) == 30
    with pytest.raises(Stale):
        await turn(paper_desk.desk, person, found.id, found.version - 1, "days")


async def test_only_its_trader_sets_it_up_accepts_and_revokes(paper_desk: PaperDesk) -> None:
    person, other = paper_desk.trader.person, replace(paper_desk.owner, consent_version=1)
    begun = await draft(paper_desk.desk, person, paper_desk.source.id)
    with pytest.raises(NotAllowed):
        await draft(paper_desk.desk, other, paper_desk.source.id)
    with pytest.raises(Refused):
        await draft(paper_desk.desk, replace(person, consent_version=None), paper_desk.source.id)
    with pytest.raises(NotFound):
        await turn(paper_desk.desk, other, begun.id, begun.version, "days")
    with pytest.raises(Stale, match="has changed since"):
        await accept(paper_desk.desk, person, begun.id, begun.version, STANDING_CONSENT_VERSION + 1)
    with pytest.raises(NotFound):
        await revoke(paper_desk.desk, other, begun.id, begun.version)
    await accept(paper_desk.desk, person, begun.id, begun.version, STANDING_CONSENT_VERSION)
    with pytest.raises(Stale):
        await accept(paper_desk.desk, person, begun.id, begun.version + 1, STANDING_CONSENT_VERSION)


async def decided(paper: PaperDesk, signal: SignalId, trader: Trader) -> bool:
    async with paper.store.read() as tx:
        cards = await tx.approvals.of_signal(signal)
    return any(one.person_id == trader.person.id and not one.is_open for one in cards)


@SQLITE
async def test_nobody_waits_for_the_terminal_of_another(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = asyncio.Event()

    async def hanging(desk: Desk, approval: ApprovalId, version: int, person: Person, *rest: Any) -> Approval:
        if person.id == slow.person.id:
            await answers.wait()
        return await decide_yes(desk, approval, version, person, *rest)

    monkeypatch.setattr(taking, "decide_yes", hanging)
    async with open_paper_desk(store, tmp_path, accounts=2) as paper:
        slow, other = paper.traders
        for trader in paper.traders:
            await stand(paper, trader)
        task = asyncio.create_task(keep_standing(paper.desk))
        signals = []
        for _ in range(2):
            signals.append(await sent(paper))
            await until(partial(decided, paper, signals[-1], other))
        assert not await decided(paper, signals[0], slow)
        answers.set()
        for signal in signals:
            await until(partial(decided, paper, signal, slow))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_locked_desk_sends_no_card_at_all(paper_desk: PaperDesk) -> None:
    await stand(paper_desk)
    await pause(paper_desk.desk, paper_desk.owner, "storm", DESK)
    entry = Decimal(str(paper_desk.quote().ask))
    wanted = Draft("EURUSD", Side.BUY, entry=entry, stop_loss=entry - D("0.0050"))
    got = await receive(paper_desk.desk, paper_desk.source, Delivery("m", "d"), wanted)
    await take_all(paper_desk.desk)
    async with paper_desk.store.read() as tx:
        assert not await tx.approvals.of_signal(got.signal.id)
