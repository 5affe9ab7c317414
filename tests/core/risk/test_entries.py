"""No way leads to an opening order while entries are locked: on paper terminals, by what the broker got."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.intake.accept import accept
from core.intake.draft import Draft
from core.model.accounts import RiskPolicy
from core.model.approvals import Approval
from core.model.errors import Refused
from core.model.instruments import Side
from core.model.policies import Hours, Plan
from core.model.risk import DESK, LockKind, Place
from core.model.signals import OrderKind
from core.model.trades import IntentKind, IntentState
from core.mt5.errors import TerminalError
from core.mt5.orders import Stops
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from core.ports import Delivery, Store
from core.risk.guard import DrawdownGuard
from core.risk.locks import lock
from core.trading.account_loop import drain
from core.trading.changing import (
    PendingChange,
    cancel_pending,
    change_pending,
    modify_stops,
)
from core.trading.closing import close_all
from core.trading.execution import execute_next
from core.trading.resolution import Quarantine
from tests.fakes.desk import PaperDesk, late, open_paper_desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
D = Decimal
NOON = Hours(time(8), time(12, 10))
"""The desk's day begins at 12:00:05 UTC."""


@pytest.fixture
async def paper(store: Store, tmp_path: Path) -> AsyncIterator[PaperDesk]:
    policy = RiskPolicy(fixed_lots=D("0.20"), plan=Plan.SPLIT)
    async with open_paper_desk(store, tmp_path, policy=policy) as made:
        yield made


LOCKS = [
    (LockKind.PAUSE, "desk"),
    (LockKind.OWNER, "desk"),
    (LockKind.ADMIN, "account"),
    (LockKind.DRAWDOWN, "account"),
    (LockKind.OWNER, "source"),
    (LockKind.ADMIN, "instrument"),
]


async def put(paper: PaperDesk, kind: LockKind = LockKind.OWNER, where: str = "desk") -> None:
    places = {
        "desk": DESK,
        "account": Place(paper.trader.account.id),
        "source": Place(source_id=paper.source.id),
        "instrument": Place(instrument="EURUSD"),
    }
    async with paper.store.write() as tx:
        assert await tx.locks.set(kind, places[where], "hands off", paper.clock.now(), paper.owner.id)


async def work(paper: PaperDesk) -> None:
    await drain(paper.desk, paper.trader.account, Quarantine())


def exposure(paper: PaperDesk) -> tuple[int, int]:
    """Positions and pending orders, at the broker."""
    ledger = paper.broker.broker.view(paper.trader.account.login).ledger
    return len(ledger.positions), len(ledger.orders)


async def resting(paper: PaperDesk) -> Approval:
    """A limit order half a percent below the market, at the broker."""
    price = D(str(paper.quote().ask)) * D("0.995")
    card = await paper.card(kind=OrderKind.LIMIT, entry=round(price, 5), expires_in_s=3_600)
    await paper.tap(card)
    await work(paper)
    assert exposure(paper) == (0, 1)
    return card


@pytest.mark.parametrize(("kind", "where"), LOCKS)
async def test_a_lock_after_the_tap_keeps_the_order_from_being_sent(
    paper: PaperDesk, kind: LockKind, where: str
) -> None:
    """The late one is refused with the reason, and so is the next tap."""
    card, other = await paper.card(), await paper.card()
    await paper.tap(card)
    await put(paper, kind, where)
    await work(paper)
    assert exposure(paper) == (0, 0)
    intent = await paper.intent(card)
    assert intent.state is IntentState.REFUSED
    assert intent.detail == "No new trades now: hands off"
    with pytest.raises(Refused, match="hands off"):
        await paper.tap(other)


async def test_an_order_that_waits_for_its_terminal_is_judged_again_later(
    paper: PaperDesk,
) -> None:
    card = await paper.card()
    await paper.tap(card)
    hands.plug(paper.trader.folder, connected=False)
    with pytest.raises(TerminalError):
        await execute_next(paper.desk, paper.trader.account)
    await put(paper)
    hands.plug(paper.trader.folder, connected=True)
    await work(paper)
    assert exposure(paper) == (0, 0)
    assert (await paper.intent(card)).state is IntentState.REFUSED


async def test_the_legs_of_a_plan_that_were_not_sent_yet_are_not(paper: PaperDesk) -> None:
    price = D(str(paper.quote().ask))
    targets = [round(price * D(factor), 5) for factor in ("1.01", "1.02")]
    card = await paper.card(take_profits=targets)
    await paper.tap(card)
    assert await execute_next(paper.desk, paper.trader.account)
    await put(paper)
    await work(paper)
    states = [i.state for i in await paper.intents(card) if i.kind is IntentKind.OPEN]
    assert states == [IntentState.FILLED, IntentState.REFUSED]
    assert exposure(paper)[0] == 1


async def test_what_is_unknown_while_locked_is_found_and_never_sent_again(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(late(3.0))
    quarantine = Quarantine()
    await execute_next(paper.desk, paper.trader.account)
    assert (await paper.intent(card)).state is IntentState.UNKNOWN
    await put(paper)
    for _ in range(30):
        paper.pass_time(2)
        await drain(paper.desk, paper.trader.account, quarantine)
    assert exposure(paper)[0] == 1, "what was sent before the lock"
    assert (await paper.intent(card)).state is IntentState.FILLED


async def test_an_order_that_never_came_is_not_sent_again_after_the_lock_either(paper: PaperDesk) -> None:
    card = await paper.card()
    await paper.tap(card)
    paper.broker.misfortune(Fault(Kind.FAIL))
    quarantine = Quarantine()
    await execute_next(paper.desk, paper.trader.account)
    await put(paper)
    for _ in range(70):
        paper.pass_time(2)
        await drain(paper.desk, paper.trader.account, quarantine)
    assert exposure(paper) == (0, 0)
    assert (await paper.intent(card)).state is IntentState.EXPIRED


async def test_hours_that_end_after_the_tap_keep_the_order_from_being_sent(paper: PaperDesk) -> None:
    """Sooner than the order itself would be too late."""
    paper.desk = replace(paper.desk, hours=NOON)
    paper.pass_time(580)
    card = await paper.card(expires_in_s=7_200)
    await paper.tap(card)
    paper.pass_time(18)
    await work(paper)
    assert exposure(paper) == (0, 0)
    intent = await paper.intent(card)
    assert (intent.state, "entries are allowed" in intent.detail) == (IntentState.REFUSED, True)


# -- what rests at the broker


def nearer(paper: PaperDesk) -> PendingChange:
    """A fifth of a percent below the market."""
    price = round(D(str(paper.quote().ask)) * D("0.998"), 5)
    return PendingChange(price, Stops(round(price * D("0.99"), 5)), None)


async def test_a_lock_by_people_leaves_what_rests_at_the_broker_and_says_so(paper: PaperDesk) -> None:
    """It was entered before. Nothing moves it nearer; it may be cancelled."""
    card = await resting(paper)
    gold, euro = Place(instrument="XAUUSD"), Place(instrument="EURUSD")
    assert await lock(paper.desk, paper.owner, gold, "NFP") == 0
    assert await lock(paper.desk, paper.owner, euro, "NFP") == 1
    assert await lock(paper.desk, paper.owner, Place(paper.trader.account.id), "NFP") == 1
    async with paper.store.read() as tx:
        told = [str(event.data["text"]) for event in await tx.events.recent(3, "lock.set")]
    assert [text.endswith("may still fill: 1") for text in told] == [True, True, False]
    assert exposure(paper) == (0, 1)
    order = (await paper.intent(card)).position
    assert order is not None
    account, person = paper.trader.account, paper.trader.person
    with pytest.raises(Refused, match="NFP"):
        await change_pending(paper.desk, account.id, order, nearer(paper), person)
    await cancel_pending(paper.desk, account.id, order, person)
    await work(paper)
    assert exposure(paper) == (0, 0)


async def test_a_change_of_a_pending_order_waits_no_lock_out(paper: PaperDesk) -> None:
    """Asked for before the lock, it is refused at the claim."""
    card = await resting(paper)
    order = (await paper.intent(card)).position
    assert order is not None
    account = paper.trader.account
    await change_pending(paper.desk, account.id, order, nearer(paper), paper.trader.person)
    before = paper.broker.broker.view(account.login).ledger.orders[order].price_open
    await put(paper)
    await work(paper)
    assert paper.broker.broker.view(account.login).ledger.orders[order].price_open == before


async def test_the_guards_lock_cancels_what_rests_at_the_broker(paper: PaperDesk) -> None:
    await resting(paper)
    guard, account = DrawdownGuard(paper.desk), paper.trader.account
    await guard.once(account)
    ticket = paper.broker.open_position(account.login, "EURUSD", 0, 5.0)
    await guard.once(account)
    assert ticket.order
    paper.move("EURUSD", -0.45)
    for _ in range(60):
        paper.pass_time(1)
        await guard.once(account)
        await work(paper)
    assert exposure(paper) == (0, 0)


async def test_a_lock_keeps_nothing_from_being_closed_or_made_safer(paper: PaperDesk) -> None:
    await paper.tap(await paper.card())
    await work(paper)
    await put(paper)
    [position] = (await (await paper.session()).snapshot()).positions
    stop = round(position.price_open * D("0.99"), 5)
    account, person = paper.trader.account, paper.trader.person
    await modify_stops(paper.desk, account.id, position.identifier, Stops(stop), person)
    await work(paper)
    [position] = (await (await paper.session()).snapshot()).positions
    assert position.stop_loss == stop
    await close_all(paper.desk, person, account.id)
    await work(paper)
    assert exposure(paper) == (0, 0)


# -- at the door


@pytest.mark.parametrize("where", ["desk", "source", "instrument"])
async def test_of_a_signal_that_nobody_may_enter_nobody_is_asked_and_the_trail_has_why(
    paper: PaperDesk, where: str
) -> None:
    await put(paper, LockKind.OWNER, where)
    assert await asked(paper, "EURUSD", "1") == (0, "hands off")
    elsewhere = await asked(paper, "XAUUSD", "2")
    assert elsewhere == ((1, None) if where == "instrument" else (0, "hands off"))


async def test_of_a_signal_for_hours_that_are_over_nobody_is_asked(paper: PaperDesk) -> None:
    """But for one that lasts until they begin again."""
    paper.desk = replace(paper.desk, hours=NOON)
    assert await asked(paper, "EURUSD", "1") == (1, None)
    paper.pass_time(600)
    told = "entries are allowed 08:00 to 12:10 UTC; entries again at Sat 21 Nov 08:00 UTC"
    assert await asked(paper, "EURUSD", "2") == (0, told)
    assert await asked(paper, "EURUSD", "3", lasts=timedelta(hours=23)) == (1, None)


async def test_a_lock_whose_time_is_over_withholds_nothing(paper: PaperDesk) -> None:
    """Though nobody has ended it yet."""
    until = paper.clock.now() + timedelta(minutes=5)
    await lock(paper.desk, paper.owner, Place(source_id=paper.source.id), "NFP", until)
    cards, why = await asked(paper, "EURUSD", "1")
    assert (cards, why) == (0, "Source alpha is locked by Olivia: NFP (until 12:05 UTC)")
    paper.pass_time(300)
    assert await asked(paper, "EURUSD", "2") == (1, None)


async def asked(
    paper: PaperDesk, instrument: str, number: str, lasts: timedelta | None = None
) -> tuple[int, str | None]:
    """How many were asked about a signal, and why nobody was."""
    price = D(str(paper.quote(instrument).ask))
    ends = paper.clock.now() + lasts if lasts else None
    draft = Draft(
        instrument=instrument, side=Side.BUY, entry=price, stop_loss=round(price * D("0.99"), 5),
        take_profits=(), external_id=number, expires_at=ends,
    )  # fmt: skip
    accepted = await accept(paper.desk, paper.source, Delivery(number, number), draft)
    async with paper.store.read() as tx:
        cards = await tx.approvals.of_signal(accepted.signal.id)
        events = await tx.events.recent(10, "signal.withheld")
    why = [str(event.data["reason"]) for event in events if event.subject == str(accepted.signal.id)]
    return len(cards), next(iter(why), None)
