"""What people make of divergences, on a real paper terminal: what follows, who is too late, who may not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from core.board import LastSeen
from core.desk import Desk
from core.model.accounts import Account
from core.model.approvals import Approval
from core.model.divergences import Decision, DivergenceKind, LogRow
from core.model.errors import NotAllowed, NotFound, Refused, Stale
from core.model.events import Event, NoticeKind
from core.model.ids import PersonId, TradeId, new_intent_id
from core.model.instruments import Side
from core.model.people import Person, Role
from core.model.signals import OrderKind
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, Trade, TradeState
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper import hands
from core.ports import Store
from core.reconciliation.decisions import accept, adopt, check_again, choose, ignore, restore, write_off
from core.reconciliation.recording import READS_BEFORE_MISSING
from tests.core.reconciliation.watched import Watched
from tests.fakes.desk import open_paper_desk
from tests.fakes.links import InProcess, for_ever

D = Decimal
K = DivergenceKind
Act = Callable[[Desk, int, Person], Awaitable[None]]


@pytest.fixture
async def watched(store: Store, tmp_path: Path) -> AsyncIterator[Watched]:
    """The first trader's terminal is in this process; the second trader's is never asked for."""
    terminal = InProcess()
    async with open_paper_desk(store, tmp_path, accounts=2, open_terminal=lambda _: terminal) as paper:
        yield Watched(paper)


one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# What is found


async def row_of(watched: Watched, kind: DivergenceKind) -> LogRow:
    """The newest of the kind."""
    return [row for row in await watched.log() if row.divergence.kind is kind][-1]


async def found(watched: Watched, kind: DivergenceKind, cycles: int = 1) -> LogRow:
    await watched.cycle(cycles)
    row = await row_of(watched, kind)
    assert row.counts
    return row


def open_by_hand(watched: Watched, lots: float = 0.10, symbol: str = "EURUSD", **levels: float) -> int:
    held = {position.identifier for position in watched.positions}
    watched.hands.open_position(watched.login, symbol, mt5.ORDER_TYPE_BUY, lots, **levels)
    [identifier] = {position.identifier for position in watched.positions} - held
    return identifier


async def a_stranger(watched: Watched) -> LogRow:
    open_by_hand(watched)
    return await found(watched, K.UNMATCHED)


async def a_removed_stop(watched: Watched) -> LogRow:
    trade = await watched.opened()
    watched.hands.move_stops(watched.login, trade.position, 0.0, 0.0)
    return await found(watched, K.STOPS)


async def a_part_closed(watched: Watched) -> LogRow:
    trade = await watched.opened()
    watched.hands.close_position(watched.login, trade.position, 0.04)
    return await found(watched, K.VOLUME)


async def a_slipped_fill(watched: Watched) -> LogRow:
    trade = await watched.opened()
    async with watched.paper.store.write() as tx:
        await tx.trades.update(replace(trade, expected_price=trade.expected_price - D("0.0009")))
    return await found(watched, K.SLIPPAGE)


async def expect(watched: Watched, position: int = 999, lots: str = "0.10", **changes: object) -> Trade:
    """A trade that the desk believes in."""
    now, price = watched.paper.clock.now(), D(str(watched.paper.quote().ask))
    trade = Trade(
        TradeId(uuid4()), watched.trader.account.id, None, None, position, "EURUSD", Side.BUY, D(lots),
        price, price, None, None, now,
    )  # fmt: skip
    trade = replace(trade, **changes)  # type: ignore[arg-type]
    async with watched.paper.store.write() as tx:
        await tx.trades.add(trade)
    return trade


async def a_missing_one(watched: Watched) -> LogRow:
    await expect(watched)
    return await found(watched, K.MISSING, READS_BEFORE_MISSING)


async def twins(watched: Watched) -> LogRow:
    """A trade that has lost its number, and two positions that fit it."""
    for _ in range(2):
        open_by_hand(watched)
    price = D(str(watched.positions[0].price_open))
    await expect(watched, open_price=price, expected_price=price)
    return await found(watched, K.AMBIGUOUS, 2)


def to_choose(watched: Watched, which: int = 0) -> Act:
    position = watched.positions[which].identifier if watched.positions else 0
    return lambda desk, row, person: choose(desk, row, position, person)


# What has become of it


async def ended(watched: Watched, row: LogRow) -> LogRow:
    async with watched.paper.store.read() as tx:
        found = await tx.reconciliation.get(row.id)
    assert found is not None
    return found


async def the_trade(watched: Watched) -> Trade:
    [trade] = await watched.paper.trades()
    return trade


async def decisions(watched: Watched) -> list[Event]:
    """The events of decisions, oldest first."""
    names = {f"reconciliation.{decision}" for decision in Decision}
    return [event for event in reversed(await watched.events()) if event.name in names]


async def shown_again(watched: Watched, row: LogRow, person: Person) -> bool:
    """Whether the person's message of the row is about to be brought up to date."""
    messages = await watched.paper.messages(NoticeKind.DIVERGENCE, person)
    return str(row.id) in {message.subject for message in messages}


async def all_delivered(watched: Watched) -> None:
    now = watched.paper.clock.now()
    async with watched.paper.store.write() as tx:
        for item in await tx.outbox.due(now, 1_000):
            await tx.outbox.delivered(item.id, now)


async def nothing_new(watched: Watched, cycles: int = 3) -> None:
    """The cycles that follow find nothing more to record."""
    before = len(await watched.log())
    await watched.cycle(cycles)
    await watched.paper.restart()
    await watched.cycle()
    assert len(await watched.log()) == before


# Unmatched


async def test_an_adopted_position_is_a_trade_as_it_stands(watched: Watched) -> None:
    identifier = open_by_hand(watched, sl=1.0)
    row = await found(watched, K.UNMATCHED)
    await adopt(watched.paper.desk, row.id, watched.trader.person)
    trade, [held] = await the_trade(watched), watched.positions
    assert (trade.position, trade.volume, trade.side) == (identifier, D("0.1"), Side.BUY)
    assert trade.expected_price == trade.open_price == D(str(held.price_open))
    assert (trade.stop_loss, trade.take_profit) == (D(1), None)
    assert (trade.intent_id, trade.signal_id, trade.shared) == (None, None, False)
    now = await ended(watched, row)
    assert (now.decision, now.decided_by) == (Decision.ADOPTED, watched.trader.person.id)
    assert now.ended_at == now.decided_at
    await nothing_new(watched)
    watched.hands.move_stops(watched.login, identifier, 0.0, 0.0)
    await watched.cycle()
    assert [d.kind for d in await watched.lasting()] == [K.STOPS]
    watched.hands.close_position(watched.login, identifier)
    await watched.cycle()
    assert (await the_trade(watched)).close_reason is CloseReason.DESKTOP


@one_database
async def test_what_is_adopted_is_what_is_held_now(watched: Watched) -> None:
    """The message may be old: a part was closed and a stop was set since."""
    row = await a_stranger(watched)
    [position] = watched.positions
    watched.hands.close_position(watched.login, position.identifier, 0.04)
    watched.hands.move_stops(watched.login, position.identifier, 1.0, 0.0)
    await adopt(watched.paper.desk, row.id, watched.trader.person)
    trade = await the_trade(watched)
    assert (trade.volume, trade.stop_loss) == (D("0.06"), D(1))
    await nothing_new(watched)


@one_database
async def test_a_closed_trade_that_is_there_after_all_is_adopted_and_its_next_end_is_told(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a broker annuls the deal that closed it."""
    trade = await watched.opened()
    session = await watched.paper.session()
    held = (await session.snapshot()).positions
    watched.hands.close_position(watched.login, trade.position)
    await watched.cycle()
    read = session.snapshot

    async def annulled() -> object:
        return replace(await read(), positions=held)

    monkeypatch.setattr(session, "snapshot", annulled)
    row = await found(watched, K.UNMATCHED, cycles=2)
    await adopt(watched.paper.desk, row.id, watched.trader.person)
    monkeypatch.undo()
    await watched.cycle()
    assert (await watched.trade(trade)).state is TradeState.CLOSED
    assert [told for told, _ in await watched.told()].count("position_closed") == 2


@one_database
async def test_what_is_gone_or_has_a_trade_cannot_be_adopted(watched: Watched) -> None:
    row = await a_stranger(watched)
    [position] = watched.positions
    await expect(watched, position.identifier)
    with pytest.raises(Refused, match="has a trade for this position already"):
        await adopt(watched.paper.desk, row.id, watched.trader.person)
    watched.hands.close_position(watched.login, position.identifier)
    with pytest.raises(Refused, match="not open any more"):
        await adopt(watched.paper.desk, row.id, watched.trader.person)
    assert await decisions(watched) == []


async def test_an_ignored_position_lasts_without_counting(watched: Watched) -> None:
    row = await a_stranger(watched)
    await ignore(watched.paper.desk, row.id, watched.trader.person)
    now = await ended(watched, row)
    assert (now.lasts, now.counts, now.decision) == (True, False, Decision.IGNORED)
    await nothing_new(watched)
    async with watched.paper.store.read() as tx:
        assert not (await tx.reconciliation.open_counts()).get(watched.trader.account.id)
    watched.hands.close_position(watched.login, watched.positions[0].identifier)
    await watched.cycle(2)
    assert not (await ended(watched, row)).lasts


# Accepting


@pytest.mark.parametrize("make", [a_removed_stop, a_part_closed, a_slipped_fill])
async def test_what_is_accepted_is_expected_and_not_told_again(
    watched: Watched, make: Callable[[Watched], Awaitable[LogRow]]
) -> None:
    row = await make(watched)
    await accept(watched.paper.desk, row.id, watched.trader.person)
    now = await ended(watched, row)
    assert (now.decision, now.counts) == (Decision.ACCEPTED, False)
    assert now.lasts is (row.divergence.kind is K.SLIPPAGE)
    await nothing_new(watched)
    trade, [held] = await the_trade(watched), watched.positions
    assert trade.volume == D(str(held.volume))
    assert (trade.stop_loss is None) is (row.divergence.kind is K.STOPS)


@one_database
async def test_what_is_accepted_is_what_is_held_now_and_the_message_tells_it(watched: Watched) -> None:
    row = await a_part_closed(watched)
    [position] = watched.positions
    watched.hands.close_position(watched.login, position.identifier, 0.02)
    await accept(watched.paper.desk, row.id, watched.trader.person)
    left = D(row.divergence.facts["held"]) - D("0.02")
    assert (await the_trade(watched)).volume == left
    assert D((await ended(watched, row)).divergence.facts["held"]) == left
    await nothing_new(watched)


@one_database
async def test_a_level_that_moves_after_it_was_accepted_is_told_anew(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    await accept(watched.paper.desk, row.id, watched.trader.person)
    watched.hands.move_stops(watched.login, watched.positions[0].identifier, 1.0, 0.0)
    assert (await found(watched, K.STOPS)).id != row.id


@one_database
async def test_nothing_is_accepted_of_a_position_that_is_gone(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    watched.hands.close_position(watched.login, watched.positions[0].identifier)
    with pytest.raises(Refused, match="not open any more"):
        await accept(watched.paper.desk, row.id, watched.trader.person)
    await watched.cycle()
    with pytest.raises(Stale, match="This is over"):
        await accept(watched.paper.desk, row.id, watched.trader.person)


class TestOnANettingAccount:
    @pytest.fixture
    async def shares(self, watched: Watched) -> Sequence[Trade]:
        """Two trades of 0.10 and 0.20 lots in one position."""
        watched.hands.change_account(watched.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
        identifier = open_by_hand(watched, 0.30)
        older = await expect(watched, identifier, "0.10", shared=True)
        watched.paper.pass_time(1)
        return older, await expect(watched, identifier, "0.20", shared=True)

    async def volumes(self, watched: Watched, shares: Sequence[Trade]) -> list[Decimal]:
        return [(await watched.trade(share)).volume for share in shares]

    async def test_what_was_closed_is_taken_from_the_oldest_trade(
        self, watched: Watched, shares: Sequence[Trade]
    ) -> None:
        watched.hands.close_position(watched.login, shares[0].position, 0.15)
        row = await found(watched, K.VOLUME)
        await accept(watched.paper.desk, row.id, watched.trader.person)
        assert await self.volumes(watched, shares) == [D(0), D("0.15")]

    @one_database
    async def test_what_was_added_is_the_newest_trades(
        self, watched: Watched, shares: Sequence[Trade]
    ) -> None:
        watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.05)
        row = await found(watched, K.VOLUME)
        await accept(watched.paper.desk, row.id, watched.trader.person)
        assert await self.volumes(watched, shares) == [D("0.10"), D("0.25")]
        await nothing_new(watched)

    @one_database
    async def test_levels_are_those_of_every_share(self, watched: Watched, shares: Sequence[Trade]) -> None:
        watched.hands.move_stops(watched.login, shares[0].position, 1.0, 0.0)
        row = await found(watched, K.STOPS)
        await accept(watched.paper.desk, row.id, watched.trader.person)
        assert {(await watched.trade(share)).stop_loss for share in shares} == {D(1)}
        await nothing_new(watched)

    @one_database
    async def test_an_adopted_position_can_be_shared(self, watched: Watched) -> None:
        watched.hands.change_account(watched.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
        row = await a_stranger(watched)
        await adopt(watched.paper.desk, row.id, watched.trader.person)
        assert (await the_trade(watched)).shared


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN])
@pytest.mark.parametrize(("make", "act"), [(a_stranger, adopt), (a_part_closed, accept)])
@one_database
async def test_what_an_opening_on_its_way_may_have_made_is_not_expected_twice(
    watched: Watched, make: Callable[[Watched], Awaitable[LogRow]], act: Act, state: IntentState
) -> None:
    row, now = await make(watched), watched.paper.clock.now()
    opening = Intent(
        new_intent_id(now), watched.trader.account.id, IntentKind.OPEN, state, "EURUSD", Side.BUY,
        OrderKind.MARKET, D("0.10"), now, now + timedelta(minutes=1), sent_at=now,
    )  # fmt: skip
    async with watched.paper.store.write() as tx:
        await tx.intents.add(opening)
    with pytest.raises(Refused, match="EURUSD is still on its way"):
        await act(watched.paper.desk, row.id, watched.trader.person)
    assert await ended(watched, row) == row


# Restoring


async def test_restoring_asks_for_the_trades_levels_and_ends_when_they_are_set(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    await watched.work()
    assert [position.sl for position in watched.positions] == [0.0]
    await restore(watched.paper.desk, row.id, watched.trader.person)
    asked = await ended(watched, row)
    assert (asked.decision, asked.lasts, asked.counts) == (Decision.RESTORED, True, True)
    await watched.work()
    trade = await the_trade(watched)
    assert [position.sl for position in watched.positions] == [float(trade.stop_loss or 0)]
    await watched.cycle()
    assert not (await ended(watched, row)).lasts
    await nothing_new(watched)


async def test_restoring_may_be_asked_again_once_it_failed_and_not_before(watched: Watched) -> None:
    desk, person, row = watched.paper.desk, watched.trader.person, await a_removed_stop(watched)
    await restore(desk, row.id, person)
    for act in (restore, accept):
        with pytest.raises(Refused, match="still on its way"):
            await act(desk, row.id, person)
    watched.hands.permit(watched.login, trade_expert=False)
    await watched.work()
    watched.hands.permit(watched.login)
    await watched.cycle()
    assert (await ended(watched, row)).counts
    await restore(desk, row.id, watched.paper.owner)
    await watched.work()
    await watched.cycle()
    now = await ended(watched, row)
    assert (now.lasts, now.decided_by) == (False, watched.paper.owner.id)
    assert [event.person_id for event in await decisions(watched)] == [person.id, watched.paper.owner.id]


@one_database
async def test_a_restoring_that_failed_may_be_accepted_instead(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    await restore(watched.paper.desk, row.id, watched.trader.person)
    watched.hands.permit(watched.login, trade_expert=False)
    await watched.work()
    await accept(watched.paper.desk, row.id, watched.trader.person)
    assert (await ended(watched, row)).decision is Decision.ACCEPTED
    assert (await the_trade(watched)).stop_loss is None


@one_database
async def test_what_the_broker_would_not_take_is_not_asked_for(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    trade = await the_trade(watched)
    async with watched.paper.store.write() as tx:
        await tx.trades.update(replace(trade, stop_loss=D(2)))
    with pytest.raises(Refused):
        await restore(watched.paper.desk, row.id, watched.trader.person)
    assert (await ended(watched, row)).decision is None
    async with watched.paper.store.read() as tx:
        assert not await tx.intents.waiting(watched.trader.account.id)


# Choosing


async def test_a_chosen_position_is_the_trades_and_the_other_a_stranger(watched: Watched) -> None:
    row = await twins(watched)
    mine, other = (position.identifier for position in watched.positions)
    await choose(watched.paper.desk, row.id, mine, watched.trader.person)
    assert (await the_trade(watched)).position == mine
    assert (await ended(watched, row)).decision is Decision.CHOSEN
    await watched.cycle(2)
    assert [(d.kind, d.position) for d in await watched.lasting()] == [(K.UNMATCHED, other)]


@one_database
async def test_only_what_fits_is_held_and_has_no_trade_can_be_chosen(watched: Watched) -> None:
    desk, person, row = watched.paper.desk, watched.trader.person, await twins(watched)
    one, other = (position.identifier for position in watched.positions)
    with pytest.raises(NotFound, match="not among those"):
        await choose(desk, row.id, 4711, person)
    watched.hands.close_position(watched.login, one)
    with pytest.raises(Refused, match="not open any more"):
        await choose(desk, row.id, one, person)
    await expect(watched, other)
    with pytest.raises(Refused, match="Another trade"):
        await choose(desk, row.id, other, person)
    assert (await ended(watched, row)).decision is None


# Missing


async def test_a_trade_that_is_written_off_is_closed_without_a_result(watched: Watched) -> None:
    row = await a_missing_one(watched)
    await write_off(watched.paper.desk, row.id, watched.trader.person)
    trade = await the_trade(watched)
    assert (trade.state, trade.close_reason) == (TradeState.CLOSED, CloseReason.UNEXPLAINED)
    assert (trade.profit, trade.close_price) == (None, None)
    assert trade.closed_at == watched.paper.clock.now()
    assert not (await ended(watched, row)).lasts
    await nothing_new(watched)


@one_database
async def test_the_card_of_a_trade_that_is_written_off_shows_it(watched: Watched) -> None:
    card = await a_lost_trade(watched)
    row = await found(watched, K.MISSING, READS_BEFORE_MISSING)
    await all_delivered(watched)
    await write_off(watched.paper.desk, row.id, watched.trader.person)
    assert [m.subject for m in await watched.paper.messages(NoticeKind.CARD)] == [str(card.id)]


async def a_lost_trade(watched: Watched) -> Approval:
    """A trade of a signal of whose position the broker does not know any more how it ended."""
    card = await watched.paper.card()
    await watched.paper.tap(card)
    await watched.work()
    trade = await the_trade(watched)
    watched.hands.close_position(watched.login, trade.position)
    async with watched.paper.store.write() as tx:
        await tx.trades.update(replace(trade, position=999))
    return card


@one_database
async def test_a_position_that_is_there_again_is_not_written_off(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had been left out of the lists that were read before."""
    open_by_hand(watched, 0.01, "XAUUSD")
    row = await a_missing_one(watched)
    session = await watched.paper.session()
    [held] = (seen := await session.snapshot()).positions
    back = replace(seen, positions=(replace(held, identifier=row.divergence.position),))

    async def with_it_again() -> object:
        return back

    monkeypatch.setattr(session, "snapshot", with_it_again)
    with pytest.raises(Refused, match="shows this position again"):
        await write_off(watched.paper.desk, row.id, watched.trader.person)
    assert len(await watched.open_trades()) == 1


@one_database
async def test_what_an_order_is_on_its_way_for_is_not_written_off(watched: Watched) -> None:
    row, now = await a_missing_one(watched), watched.paper.clock.now()
    closing = Intent(
        new_intent_id(now), watched.trader.account.id, IntentKind.CLOSE, IntentState.NEW, "EURUSD", Side.SELL,
        OrderKind.MARKET, D("0.10"), now, now + timedelta(minutes=1), position=row.divergence.position,
    )  # fmt: skip
    async with watched.paper.store.write() as tx:
        await tx.intents.add(closing)
    with pytest.raises(Refused, match="still on its way"):
        await write_off(watched.paper.desk, row.id, watched.trader.person)


@dataclass
class Cycle:
    """An immediate sync: one cycle, or a failed one."""

    watched: Watched
    error: str | None = None
    asked: int = 0

    async def now(self, account: Account) -> LastSeen:
        assert account.id == self.watched.trader.account.id
        self.asked += 1
        if self.error is None:
            await self.watched.cycle()
        return LastSeen(error=self.error)


@one_database
async def test_another_look_tells_whether_it_is_still_missing(watched: Watched) -> None:
    desk, person, row = watched.paper.desk, watched.trader.person, await a_missing_one(watched)
    assert (await check_again(desk, Cycle(watched), row.id, person)).counts
    open_by_hand(watched)
    [trade] = await watched.open_trades()
    price = D(str(watched.positions[0].price_open))
    async with watched.paper.store.write() as tx:
        now = watched.paper.clock.now()
        await tx.trades.update(replace(trade, open_price=price, expected_price=price, opened_at=now))
    assert not (await check_again(desk, Cycle(watched), row.id, person)).lasts


@one_database
async def test_a_look_that_fails_says_why(watched: Watched) -> None:
    row = await a_missing_one(watched)
    with pytest.raises(Refused, match="No link"):
        await check_again(watched.paper.desk, Cycle(watched, "No link."), row.id, watched.trader.person)


class Silent:
    """A sync that does not end."""

    async def now(self, account: Account) -> LastSeen:
        await for_ever()
        raise AssertionError(account)


@one_database
async def test_a_look_that_takes_long_is_not_waited_for(watched: Watched) -> None:
    row = await a_missing_one(watched)
    with pytest.raises(Refused, match="takes its time"):
        await check_again(watched.paper.desk, Silent(), row.id, watched.trader.person, within_s=0)
    assert await ended(watched, row) == row


# Who may, who is too late

CASES: Sequence[tuple[Callable[[Watched], Awaitable[LogRow]], Act, Decision, str]] = [
    (a_stranger, adopt, Decision.ADOPTED, "adopted"),
    (a_stranger, ignore, Decision.IGNORED, "ignored"),
    (a_removed_stop, accept, Decision.ACCEPTED, "accepted"),
    (a_part_closed, accept, Decision.ACCEPTED, "accepted"),
    (a_slipped_fill, accept, Decision.ACCEPTED, "accepted"),
    (a_missing_one, write_off, Decision.WRITTEN_OFF, "written off"),
]


@pytest.mark.parametrize(("make", "act", "decision", "word"), CASES)
async def test_of_two_people_at_once_one_is_too_late(
    watched: Watched,
    make: Callable[[Watched], Awaitable[LogRow]],
    act: Act,
    decision: Decision,
    word: str,
) -> None:
    row = await make(watched)
    people = (watched.trader.person, watched.paper.owner)
    await all_delivered(watched)
    answers = await asyncio.gather(
        *(act(watched.paper.desk, row.id, person) for person in people), return_exceptions=True
    )
    [lost] = [answer for answer in answers if answer is not None]
    assert isinstance(lost, Stale | Refused)
    [event] = await decisions(watched)
    assert (event.name, event.data["row"]) == (f"reconciliation.{decision}", row.id)
    assert (event.account_id, event.subject) == (watched.trader.account.id, str(row.divergence.position))
    assert event.person_id in {person.id for person in people}
    for person in people:
        assert await shown_again(watched, row, person)
    winner = next(person for person in people if person.id == event.person_id)
    loser = next(person for person in people if person is not winner)
    with pytest.raises(Stale, match=f"already {word} by {winner.name}"):
        await act(watched.paper.desk, row.id, loser)
    with pytest.raises(Stale, match=f"already {word} by you"):
        await act(watched.paper.desk, row.id, winner)


@one_database
async def test_adopting_and_ignoring_at_once_make_one_decision(watched: Watched) -> None:
    row = await a_stranger(watched)
    desk, person = watched.paper.desk, watched.trader.person
    await asyncio.gather(adopt(desk, row.id, person), ignore(desk, row.id, person), return_exceptions=True)
    [event] = await decisions(watched)
    adopted = event.name == "reconciliation.adopted"
    assert len(await watched.paper.trades()) == adopted


@one_database
async def test_accepting_and_restoring_at_once_leave_no_order_behind_an_acceptance(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    desk, person = watched.paper.desk, watched.trader.person
    await asyncio.gather(restore(desk, row.id, person), accept(desk, row.id, person), return_exceptions=True)
    [event] = await decisions(watched)
    async with watched.paper.store.read() as tx:
        orders = await tx.intents.waiting(watched.trader.account.id)
    assert bool(orders) is (event.name == "reconciliation.restored")


ACTS: Sequence[tuple[Callable[[Watched], Awaitable[LogRow]], Act | None]] = [
    *((make, act) for make, act, _, _ in CASES),
    (a_removed_stop, restore),
    (twins, None),
]


@one_database
@pytest.mark.parametrize(("make", "act"), ACTS)
async def test_others_may_decide_nothing(
    watched: Watched, make: Callable[[Watched], Awaitable[LogRow]], act: Act | None
) -> None:
    row = await make(watched)
    decide = act or to_choose(watched)
    admin = Person(PersonId(uuid4()), 4711, "Adam", frozenset({Role.ADMIN}))
    for person in (watched.paper.traders[1].person, admin):
        with pytest.raises(NotAllowed, match="Only the account's trader or an owner"):
            await decide(watched.paper.desk, row.id, person)
    with pytest.raises(NotFound):
        await decide(watched.paper.desk, row.id + 1, watched.trader.person)
    assert await ended(watched, row) == row


@one_database
@pytest.mark.parametrize("act", [adopt, ignore, restore, write_off, accept])
async def test_a_decision_that_does_not_fit_is_refused(watched: Watched, act: Act) -> None:
    make = a_stranger if act in (restore, write_off, accept) else a_slipped_fill
    row = await make(watched)
    with pytest.raises(Refused, match="cannot be done"):
        await act(watched.paper.desk, row.id, watched.trader.person)


@one_database
@pytest.mark.parametrize(
    ("make", "act"), [each for each in ACTS if each[1] is not ignore and each[0] is not a_slipped_fill]
)
async def test_who_cannot_be_read_is_not_decided_about(
    watched: Watched, make: Callable[[Watched], Awaitable[LogRow]], act: Act | None
) -> None:
    row = await make(watched)
    decide = act or to_choose(watched)
    hands.plug(watched.trader.folder, connected=False)
    with pytest.raises(TerminalError):
        await decide(watched.paper.desk, row.id, watched.trader.person)
    assert await ended(watched, row) == row
    assert await decisions(watched) == []


@one_database
@pytest.mark.parametrize(("make", "act"), [each for each in ACTS if each[1] is not restore])
async def test_a_cycle_that_read_before_the_decision_tells_nothing_after_it(
    watched: Watched,
    make: Callable[[Watched], Awaitable[LogRow]],
    act: Act | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = await make(watched)
    decide = partial(act or to_choose(watched), watched.paper.desk, row.id, watched.trader.person)
    session = await watched.paper.session()
    snapshot = session.snapshot

    async def read_then_decide() -> object:
        seen = await snapshot()
        monkeypatch.undo()
        await decide()
        return seen

    watched.reconcilers.clear()  # the first cycle of a life concludes whether or not anything has changed
    monkeypatch.setattr(session, "snapshot", read_then_decide)
    await watched.cycle()
    assert len(await decisions(watched)) == 1
    assert [r for r in await watched.log() if r.divergence.kind is row.divergence.kind] == [
        await ended(watched, row)
    ]


# Events


@one_database
async def test_the_event_of_a_decision_has_its_numbers_and_the_signals_trace(watched: Watched) -> None:
    row = await a_removed_stop(watched)
    trade = await the_trade(watched)
    await accept(watched.paper.desk, row.id, watched.paper.owner)
    [event] = await decisions(watched)
    assert event.trace == str(trade.signal_id)
    assert event.person_id == watched.paper.owner.id
    assert (event.data["kind"], event.data["symbol"], event.data["stop"]) == ("stops", "EURUSD", "none")
    assert D(str(event.data["volume"])) == trade.volume
