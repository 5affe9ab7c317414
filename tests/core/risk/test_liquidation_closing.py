"""Closing everything against brokers, terminals and markets as they are: it ends flat, and asks no more than
it must."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.model.accounts import RiskPolicy
from core.model.mt5 import MT5AccountSnapshot
from core.model.risk import LiquidationState, LockKind, Place
from core.mt5 import contract as mt5
from core.mt5.retcodes import VERDICTS
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.records import Deal
from core.ports import Store
from core.risk.flattening import CLOSED_REST_S
from core.risk.holding import hold
from core.risk.liquidation import Liquidator
from core.risk.moves import begin
from core.trading.execution import execute_next
from tests.core.risk.guarded import LOTS, Guarded
from tests.core.trading.lying import Liar
from tests.fakes.desk import open_paper_desk
from tests.fakes.links import InProcess

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CLOSING, LOCKED = LiquidationState.CLOSING, LiquidationState.LOCKED
LISTS = {"positions_get", "orders_get"}


def reject(guarded: Guarded, retcode: int = mt5.TRADE_RETCODE_REJECT, count: int = 10_000) -> None:
    fault = Fault(Kind.REJECT, login=guarded.account.login, retcode=retcode, count=count)
    guarded.hands.misfortune(fault)


def deals_out(guarded: Guarded) -> Sequence[Deal]:
    """In the order in which they were made."""
    deals = guarded.hands.broker.book.deals(guarded.account.login, "type", 0, 1)
    return sorted((d for d in deals if d.entry == mt5.DEAL_ENTRY_OUT), key=lambda deal: deal.ticket)


async def sent(guarded: Guarded) -> int:
    return (await guarded.events("order.")).count("order.sent")


async def flat(guarded: Guarded, at_most: int = 120) -> None:
    await guarded.look_until(LOCKED, at_most)
    assert await guarded.is_flat_and_locked()


# -- kinds of accounts


async def test_a_netting_account(guarded: Guarded) -> None:
    """One position a symbol, of several deals; each is closed as a whole."""
    guarded.hands.change_account(guarded.account.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    for lots, symbol in ((2.0, "EURUSD"), (3.0, "EURUSD"), (0.1, "GBPUSD")):
        guarded.buy(lots, symbol)
    assert len(guarded.ledger.positions) == 2
    await guarded.look()
    guarded.lose(0.21)
    await flat(guarded)
    assert [(deal.symbol, deal.volume) for deal in deals_out(guarded)] == [("EURUSD", LOTS), ("GBPUSD", 0.1)]


async def test_a_broker_that_demands_the_oldest_first_refuses_nothing(guarded: Guarded) -> None:
    """The worst is the newest."""
    guarded.hands.change_account(guarded.account.login, fifo_close=True)
    opened = []
    for lots in (0.1, 1, LOTS):
        opened.append(guarded.buy(lots))
        await guarded.look()
    guarded.lose(0.21)
    await flat(guarded)
    assert [deal.position_id for deal in deals_out(guarded)] == opened
    assert await sent(guarded) == len(opened)


# -- what happens meanwhile


async def test_a_stop_out_amid_it(guarded: Guarded) -> None:
    """What the broker has closed by itself is not asked for again."""
    small = guarded.buy(0.1)
    reject(guarded)
    await guarded.breach()
    await guarded.look_until(CLOSING)
    guarded.lose(0.7)
    guarded.hands.no_misfortunes()
    await flat(guarded)
    reasons = [deal.reason for deal in deals_out(guarded)]
    assert mt5.DEAL_REASON_SO in reasons
    assert Counter(d.position_id for d in deals_out(guarded))[small] == 1
    assert len(reasons) == 2


@pytest.mark.parametrize("kind", [Kind.GONE, Kind.HANG_BEFORE, Kind.HANG_EXECUTED, Kind.REPLY_LOST])
async def test_a_terminal_that_dies_amid_the_closes(guarded: Guarded, kind: Kind) -> None:
    """With the second of three: each is closed once all the same."""
    opened = [guarded.buy(0.1), guarded.buy(0.2)]
    guarded.hands.misfortune(Fault(kind, login=guarded.account.login, skip=1, seconds=5.0))
    await guarded.breach()
    for _ in range(120):
        if await guarded.is_flat_and_locked():
            break
        guarded.paper.pass_time(1)
        await guarded.look_whatever()
    assert await guarded.is_flat_and_locked()
    closed = Counter(deal.position_id for deal in deals_out(guarded))
    assert len(closed) == 3
    assert set(closed.values()) == {1}
    assert set(opened) < set(closed)


async def test_a_pending_order_that_fills_while_it_is_being_cancelled(guarded: Guarded) -> None:
    """The cancel comes too late, and what it has become is closed with the rest."""
    guarded.buy(0.1)
    await guarded.look()
    below = guarded.paper.quote().ask * 0.997
    login = guarded.account.login
    pending = guarded.hands.place_order(login, "EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, 0.3, round(below, 5)).order
    await guarded.look()
    guarded.buy()
    guarded.lose(0.1)  # not below the order yet
    assert pending in guarded.ledger.orders
    await start_closing(guarded)
    await guarded.guard.once(guarded.account)
    guarded.lose(0.2)
    assert pending not in guarded.ledger.orders
    await guarded.work()
    await flat(guarded)
    assert pending in {deal.position_id for deal in deals_out(guarded)}


async def start_closing(guarded: Guarded) -> None:
    """Without a countdown."""
    async with guarded.paper.store.write() as tx:
        assert await begin(guarded.paper.desk, tx, guarded.account, "the test", timedelta()) is not None


async def test_partial_closes_are_followed_up_to_the_last_lot(guarded: Guarded) -> None:
    """A coin, because what is filled at once or not at all knows no parts."""
    coin = guarded.buy(0.5, "BTCUSD")
    guarded.hands.misfortune(Fault(Kind.PARTIAL, symbol="BTCUSD", share=0.4, count=3))
    await guarded.breach()
    await flat(guarded)
    parts = [Decimal(str(deal.volume)) for deal in deals_out(guarded) if deal.position_id == coin]
    assert len(parts) == 4
    assert sum(parts) == Decimal("0.5")


# -- what the terminal shows


async def test_one_reading_that_shows_nothing_is_not_flat(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal that shows an empty book and an account to match once, amid a close that is refused."""
    reject(guarded)
    await guarded.breach()
    await guarded.look_until(CLOSING)
    session = await guarded.paper.session()
    read = session.snapshot

    async def empty_once() -> MT5AccountSnapshot:
        monkeypatch.setattr(session, "snapshot", read)
        seen, none = await read(), Decimal(0)
        account = replace(seen.account, equity=seen.account.balance, margin=none, profit=none)
        return MT5AccountSnapshot(account, (), ())

    for _ in range(3):
        monkeypatch.setattr(session, "snapshot", empty_once)
        await guarded.look(2)
    newest = await guarded.liquidation()
    assert newest is not None
    assert (newest.state, newest.clean_reads) == (CLOSING, 0)
    assert "liquidation_finished" not in await guarded.told()
    guarded.hands.no_misfortunes()
    await flat(guarded)


@pytest.fixture
def liar() -> Liar:
    return Liar()


@pytest.fixture
async def flickering(store: Store, tmp_path: Path, liar: Liar) -> AsyncIterator[Guarded]:
    """A guarded account whose terminal hides from time to time what `liar` says."""
    terminal, bare = InProcess(change=liar), RiskPolicy(allow_no_stop=True)
    async with open_paper_desk(store, tmp_path, policy=bare, open_terminal=lambda _: terminal) as paper:
        guarded = Guarded(paper)
        await guarded.look()
        yield guarded


async def test_empty_lists_beside_a_used_margin_are_not_flat(flickering: Guarded, liar: Liar) -> None:
    """A terminal that has just logged in again lists nothing for some seconds; it is told when that lasts."""
    reject(flickering)
    await flickering.breach()
    await flickering.look_until(CLOSING)
    liar.hidden = LISTS
    await flickering.look_in_vain(40)
    assert flickering.ledger.positions
    told = await flickering.told()
    assert (told["liquidation_finished"], told["liquidation_stuck"]) == (0, 1)
    liar.hidden = set()
    flickering.hands.no_misfortunes()
    await flat(flickering)


async def test_two_clean_reads_are_of_two_moments(guarded: Guarded) -> None:
    await guarded.breach()
    begun = await guarded.look_until(CLOSING)
    while not begun.clean_reads:
        await guarded.look()
        begun = await guarded.look_until(CLOSING)
    for _ in range(2):
        await guarded.guard.once(guarded.account)
    assert await guarded.liquidation() == begun


async def test_at_the_end_the_account_is_locked_whatever_has_become_of_the_lock(guarded: Guarded) -> None:
    """Somebody has released it amid the closes, by another way than this desk's."""
    reject(guarded)
    await guarded.breach()
    await guarded.look_until(CLOSING)
    now, place = guarded.paper.clock.now(), Place(guarded.account.id)
    async with guarded.paper.store.write() as tx:
        await tx.locks.release(LockKind.DRAWDOWN, place, now, None)
    assert not await guarded.locks()
    guarded.hands.no_misfortunes()
    await flat(guarded)


async def test_a_clean_read_counts_no_more_after_one_that_cannot_be_believed(
    flickering: Guarded, liar: Liar
) -> None:
    await flickering.breach()
    await flickering.look_until(CLOSING)
    while not (await flickering.liquidation()).clean_reads:  # type: ignore[union-attr]
        await flickering.look()
    flickering.buy(0.01)
    liar.hidden = LISTS
    await flickering.look_in_vain()
    assert (await flickering.liquidation()).clean_reads == 0  # type: ignore[union-attr]


async def test_empty_lists_at_the_end_of_a_hold_spare_nobody_the_countdown(
    flickering: Guarded, liar: Liar
) -> None:
    begun = await flickering.breach()
    owner, minute = flickering.paper.owner, timedelta(minutes=1)
    await hold(flickering.paper.desk, begun.id, owner, minute, "bad price")
    liar.hidden = LISTS
    while (await flickering.liquidation()).state is LiquidationState.HELD:  # type: ignore[union-attr]
        await flickering.look()
    liar.hidden = set()
    await flickering.look(3)
    assert flickering.ledger.positions


async def test_what_is_closed_while_it_is_being_read_is_not_asked_for_again(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lots in (0.1, 0.2, 0.3):
        guarded.buy(lots)
    await guarded.breach()
    await start_soon(guarded)
    session = await guarded.paper.session()
    read = session.snapshot

    async def and_then_one_is_closed() -> MT5AccountSnapshot:
        snapshot = await read()
        await execute_next(guarded.paper.desk, guarded.account)
        return snapshot

    monkeypatch.setattr(session, "snapshot", and_then_one_is_closed)
    for _ in range(6):
        guarded.paper.pass_time(1)
        await guarded.guard.once(guarded.account)
    await flat(guarded)
    assert await sent(guarded) == 4


async def start_soon(guarded: Guarded) -> None:
    """To the moment at which closes were asked for and none was sent."""
    for _ in range(20):
        guarded.paper.pass_time(1)
        await guarded.guard.once(guarded.account)
        async with guarded.paper.store.read() as tx:
            if await tx.intents.waiting(guarded.account.id):
                return
    raise AssertionError("nothing was asked for")


# -- answers of the broker

CLASSES = {(v.outcome, v.retry): v.retcode for v in VERDICTS.values()}


@pytest.mark.parametrize("retcode", CLASSES.values(), ids=[" ".join(each) for each in CLASSES])
async def test_whatever_the_broker_answers_it_goes_on_until_flat(guarded: Guarded, retcode: int) -> None:
    """One code of each class, three times, and nothing is carried out: also where the answer says so."""
    reject(guarded, retcode, count=3)
    await guarded.breach()
    await flat(guarded)
    assert len(deals_out(guarded)) == 1


async def test_a_closed_market_is_asked_seldom_and_at_once_when_it_opens(guarded: Guarded) -> None:
    """From Friday to Monday. Without a price of now it is asked each five minutes."""
    book = guarded.hands.broker.book
    with book.transaction():
        book.write_plan(replace(book.plan(), always_open=False))
    reject(guarded)
    await guarded.breach()
    await guarded.look_until(CLOSING)
    guarded.paper.pass_time(12 * 3600)
    guarded.hands.no_misfortunes()
    await guarded.look(3)
    before = await sent(guarded)
    for _ in range(30):
        guarded.paper.pass_time(CLOSED_REST_S / 10)
        await guarded.look()
    assert before + 2 <= await sent(guarded) <= before + 4
    assert guarded.ledger.positions
    guarded.paper.pass_time(48 * 3600)
    await flat(guarded, at_most=10)


async def test_a_closed_market_is_looked_at_once_a_second(guarded: Guarded) -> None:
    reject(guarded, mt5.TRADE_RETCODE_MARKET_CLOSED)
    await guarded.breach()
    await guarded.look_until(LiquidationState.STUCK)
    liquidator, session = Liquidator(guarded.paper.desk), await guarded.paper.session()
    await liquidator.step(guarded.account, session)
    await guarded.work()
    guarded.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY, symbol="EURUSD"))
    guarded.paper.pass_time(90)
    for _ in range(3):
        guarded.paper.pass_time(1)
        await liquidator.step(guarded.account, session)
        assert liquidator.due_in_s(guarded.account.id) >= 1


async def test_a_position_opened_amid_the_rounds_is_closed_too(guarded: Guarded) -> None:
    reject(guarded, count=4)
    await guarded.breach()
    await guarded.look_until(CLOSING)
    late = guarded.buy(0.2)
    await flat(guarded)
    assert late in {deal.position_id for deal in deals_out(guarded)}
