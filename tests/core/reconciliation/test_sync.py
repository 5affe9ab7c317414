"""Reconciliation over a real paper terminal: what hands and faults do is found once and told once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from core.model.divergences import DivergenceKind
from core.model.events import Priority
from core.model.ids import IntentId, TradeId, comment_of, magic_of, new_intent_id
from core.model.instruments import Side
from core.model.signals import OrderKind
from core.model.trades import CloseReason, Intent, IntentKind, IntentState, Trade, TradeState
from core.mt5 import contract as mt5
from core.mt5.errors import TerminalError
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from core.paper.server.requests import Request
from core.reconciliation.decisions import accept
from core.reconciliation.recording import READS_BEFORE_MISSING
from core.reconciliation.sync import SNAPSHOT_HEARTBEAT, Reconciler
from core.trading.closing import close_all
from tests.core.reconciliation.watched import Watched

DIVERGENCE = "divergence"
Meddling = Callable[[Watched, Trade], Awaitable[None]]


async def slip(watched: Watched, _: Trade) -> None:
    watched.hands.misfortune(Fault(Kind.SLIPPAGE, login=watched.login, points=90))
    await watched.opened()


async def close_a_part(watched: Watched, trade: Trade) -> None:
    watched.hands.close_position(watched.login, trade.position, float(trade.volume / 2))


async def move_the_stop(watched: Watched, trade: Trade) -> None:
    watched.hands.move_stops(watched.login, trade.position, watched.stop_of(trade, 20), 0.0)


async def remove_the_stop(watched: Watched, trade: Trade) -> None:
    watched.hands.move_stops(watched.login, trade.position, 0.0, 0.0)


async def set_a_target(watched: Watched, trade: Trade) -> None:
    target = float(trade.open_price + Decimal("0.05"))
    watched.hands.move_stops(watched.login, trade.position, watched.stop_of(trade, 0), target)


async def open_by_hand(watched: Watched, _: Trade) -> None:
    watched.hands.open_position(watched.login, "XAUUSD", mt5.ORDER_TYPE_SELL, 0.01)


MEDDLING = [
    (slip, DivergenceKind.SLIPPAGE),
    (close_a_part, DivergenceKind.VOLUME),
    (move_the_stop, DivergenceKind.STOPS),
    (remove_the_stop, DivergenceKind.STOPS),
    (set_a_target, DivergenceKind.STOPS),
    (open_by_hand, DivergenceKind.UNMATCHED),
]


@pytest.mark.parametrize(("meddle", "kind"), MEDDLING)
async def test_a_divergence_is_recorded_and_told_once_while_it_lasts(
    watched: Watched, meddle: Meddling, kind: DivergenceKind
) -> None:
    trade = await watched.opened()
    await watched.cycle()
    assert await watched.told() == []
    await meddle(watched, trade)
    await watched.cycle(3)
    await watched.paper.restart()
    await watched.cycle(2)
    assert [d.kind for d in await watched.lasting()] == [kind]
    assert len(await watched.log()) == 1
    for person in (watched.trader.person, watched.paper.owner):
        assert await watched.told(person) == [(DIVERGENCE, kind)]
    told = [e for e in await watched.events() if e.name == "reconciliation.divergence_detected"]
    assert [event.data["kind"] for event in told] == [kind]


async def test_nobody_undoes_what_a_person_did_in_the_terminal(watched: Watched) -> None:
    trade = await watched.opened()
    await remove_the_stop(watched, trade)
    await watched.cycle(3)
    await watched.work()
    assert [position.sl for position in watched.positions] == [0.0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_divergence_that_ends_is_ended_and_told_again_when_it_comes_again(watched: Watched) -> None:
    trade = await watched.opened()
    for told in (1, 2):
        await move_the_stop(watched, trade)
        await watched.cycle()
        assert len(await watched.lasting()) == 1
        watched.hands.move_stops(watched.login, trade.position, watched.stop_of(trade, 0), 0.0)
        await watched.cycle()
        assert await watched.lasting() == []
        assert len(await watched.told()) == told
    assert all(row.ended_at and row.ended_at > row.found_at for row in await watched.log())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_another_process_has_ended_and_is_there_again_is_found_within_minutes(
    watched: Watched,
) -> None:
    """The account is as this desk saw it last, but the log is not."""
    trade = await watched.opened()
    await move_the_stop(watched, trade)
    await watched.cycle()
    watched.hands.move_stops(watched.login, trade.position, watched.stop_of(trade, 0), 0.0)
    await Reconciler(watched.paper.desk, watched.trader.account).sync()
    assert await watched.lasting() == []
    await move_the_stop(watched, trade)
    watched.paper.pass_time(SNAPSHOT_HEARTBEAT.total_seconds())
    await watched.cycle()
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.STOPS]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_everything_about_a_position_ends_with_it(watched: Watched) -> None:
    trade = await watched.opened()
    await slip(watched, trade)
    await remove_the_stop(watched, trade)
    await open_by_hand(watched, trade)
    await watched.cycle()
    assert len(await watched.lasting()) == 3
    for position in watched.positions:
        watched.hands.close_position(watched.login, position.ticket)
    await watched.cycle(2)  # a stranger's disappearance is believed after two reads
    assert await watched.lasting() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_one_reading_misses_neither_ends_nor_begins_again(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of positions that comes up empty once, of a trade that diverges and of a stranger."""
    trade = await watched.opened()
    await move_the_stop(watched, trade)
    await open_by_hand(watched, trade)
    await watched.cycle(2)
    before = await watched.log()
    await a_reading_that_shows_nothing(watched, monkeypatch)
    await watched.cycle(3)
    assert await watched.log() == before
    assert len(before) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_single_readings_that_miss_a_share_are_not_in_a_row(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another share of the position is closed already."""
    watched.hands.change_account(watched.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    first = await watched.opened()
    watched.paper.pass_time(2)
    second = await watched.opened()
    watched.hands.close_position(watched.login, first.position, float(first.volume))
    await watched.cycle()
    [row] = await watched.log()
    await accept(watched.paper.desk, row.id, watched.trader.person)
    await watched.cycle(2)
    assert await watched.open_trades() == [second]
    for _ in range(2):
        await a_reading_that_shows_nothing(watched, monkeypatch)
        await watched.cycle()
    assert [d.kind for d in await watched.lasting()] == []
    assert (await watched.trade(second)).missing_reads == 0


async def a_reading_that_shows_nothing(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    session = await watched.paper.session()
    read = session.snapshot

    async def empty() -> object:
        return replace(await read(), positions=())

    monkeypatch.setattr(session, "snapshot", empty)
    await watched.cycle()
    monkeypatch.undo()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_part_that_was_accepted_does_not_explain_the_next(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even while the next one's deal is not listed yet."""
    trade = await watched.opened()
    part = float(trade.volume / 4)
    watched.hands.by(mt5.ORDER_REASON_MOBILE).close_position(watched.login, trade.position, part)
    await watched.cycle()
    [row] = await watched.log()
    await accept(watched.paper.desk, row.id, watched.trader.person)
    session = await watched.paper.session()
    listed = await session.deals_of([trade.position])

    async def lagging(_: object) -> object:
        return listed

    watched.hands.close_position(watched.login, trade.position, part)
    monkeypatch.setattr(session, "deals_of", lagging)
    await watched.cycle()
    assert [d.facts.get("by") for d in await watched.lasting()] == [None]
    monkeypatch.undo()
    await watched.cycle()
    assert [d.facts.get("by") for d in await watched.lasting()] == [CloseReason.DESKTOP]


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_net_position_that_a_person_turned_is_a_close_and_a_strangers(
    watched: Watched, times: int
) -> None:
    """Also where as much is held on the other side as was expected on this."""
    watched.hands.change_account(watched.login, margin_mode=mt5.ACCOUNT_MARGIN_MODE_RETAIL_NETTING)
    trade = await watched.opened()
    await watched.cycle()
    lots = float(trade.volume * times)
    watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_SELL, lots)
    await watched.cycle(2)
    assert (await watched.trade(trade)).close_reason is CloseReason.DESKTOP
    assert [(d.kind, d.facts["side"]) for d in await watched.lasting()] == [
        (DivergenceKind.UNMATCHED, "sell")
    ]


# -- closes


async def by_hand(watched: Watched, trade: Trade) -> None:
    watched.hands.close_position(watched.login, trade.position)


async def by_hand_in_parts(watched: Watched, trade: Trade) -> None:
    await close_a_part(watched, trade)
    await watched.cycle()
    watched.hands.close_position(watched.login, trade.position)


async def by_stop(watched: Watched, _: Trade) -> None:
    watched.paper.move("EURUSD", -0.8)


async def by_target(watched: Watched, _: Trade) -> None:
    watched.paper.move("EURUSD", 1.2)


async def by_stop_out(watched: Watched, trade: Trade) -> None:
    """A huge position of the person's own takes the trade with it."""
    watched.hands.move_stops(watched.login, trade.position, 0.0, 0.0)
    watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, 7.0)
    watched.paper.move("EURUSD", -60)


async def by_desk(watched: Watched, _: Trade) -> None:
    await close_all(watched.paper.desk, watched.trader.person)
    await watched.work()


async def by_another_program(watched: Watched, trade: Trade) -> None:
    request = Request(
        action=mt5.TRADE_ACTION_DEAL, symbol=trade.symbol, type=mt5.ORDER_TYPE_SELL,
        volume=float(trade.volume), position=trade.position, magic=4711,
    )  # fmt: skip
    watched.hands.broker.trade(watched.login, request, mt5.ORDER_REASON_EXPERT)


@pytest.mark.parametrize(
    ("close", "reason"),
    [
        (by_hand, CloseReason.DESKTOP),
        (by_hand_in_parts, CloseReason.DESKTOP),
        (by_stop, CloseReason.STOP_LOSS),
        (by_target, CloseReason.TAKE_PROFIT),
        (by_stop_out, CloseReason.STOP_OUT),
        (by_desk, CloseReason.DESK),
        (by_another_program, CloseReason.OTHER_PROGRAM),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_close_is_explained_by_its_deals_and_told_once(
    watched: Watched, close: Meddling, reason: CloseReason
) -> None:
    trade = await watched.opened(take_profits=[watched_target(watched)])
    await watched.cycle()
    before = watched.hands.broker.view(watched.login).ledger.account.balance
    await close(watched, trade)
    await watched.cycle(2)
    await watched.paper.restart()
    await watched.cycle(2)
    ended = await watched.trade(trade)
    assert (ended.state, ended.close_reason) == (TradeState.CLOSED, reason)
    assert ended.closed_at is not None
    assert ended.closed_at > ended.opened_at
    assert [told for told in await watched.told() if told[0] == "position_closed"] == [
        ("position_closed", reason)
    ]
    [alert] = [each for each in await watched.paper.alerts() if each.subject == "position_closed"]
    assert (alert.priority is Priority.CRITICAL) is (close is by_stop_out), "nobody sleeps through that"
    closed = [row for row in await watched.log() if row.divergence.kind is DivergenceKind.CLOSED]
    assert [row.ended_at == row.found_at for row in closed] == [True]
    if close in (by_hand, by_stop, by_target):
        # The opening commission was paid before; the rest is what the close did to the balance.
        after = watched.hands.broker.view(watched.login).ledger.account.balance
        opening = Decimal("-3.5") * trade.volume
        assert ended.profit == round(Decimal(str(after)) - Decimal(str(before)) + opening, 2)


def watched_target(watched: Watched) -> Decimal:
    return Decimal(str(round(watched.paper.quote().ask * 1.01, 5)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_close_is_not_covered_up_by_a_position_like_it(watched: Watched) -> None:
    """A person closes the desk's trade and opens the same by hand: one closed, one unmatched."""
    trade = await watched.opened()
    await by_hand(watched, trade)
    watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, float(trade.volume))
    await watched.cycle()
    assert (await watched.trade(trade)).close_reason is CloseReason.DESKTOP
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.UNMATCHED]


# -- gone without a deal


async def expect(watched: Watched, **changes: object) -> Trade:
    """A trade that the desk believes in and the broker knows nothing of."""
    trade = Trade(
        TradeId(uuid4()), watched.trader.account.id, None, None, 999, "EURUSD", Side.BUY, Decimal("0.10"),
        Decimal("1.1"), Decimal("1.1"), None, None, watched.paper.clock.now(),
    )  # fmt: skip
    trade = replace(trade, **changes)  # type: ignore[arg-type]
    async with watched.paper.store.write() as tx:
        await tx.trades.add(trade)
    return trade


async def test_a_disappearance_without_a_deal_is_believed_after_two_reads(watched: Watched) -> None:
    await expect(watched)
    await watched.cycle(READS_BEFORE_MISSING - 1)
    assert await watched.told() == []
    await watched.paper.restart()
    await watched.cycle(3)
    assert await watched.told() == [(DIVERGENCE, DivergenceKind.MISSING)]
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.MISSING]
    assert len(await watched.open_trades()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_reads_that_miss_it_count_only_in_a_row(watched: Watched) -> None:
    trade = await watched.opened()
    async with watched.paper.store.write() as tx:
        await tx.trades.update(replace(trade, missing_reads=READS_BEFORE_MISSING - 1))
    await watched.cycle()
    assert (await watched.trade(trade)).missing_reads == 0


# -- failed reads


async def unplugged(watched: Watched) -> None:
    hands.plug(watched.trader.folder, connected=False)


async def switched(watched: Watched) -> None:
    hands.switch_account(watched.trader.folder, watched.paper.traders[1].account.login)


async def hung(watched: Watched) -> None:
    watched.hands.misfortune(Fault(Kind.HANG_BEFORE, call="positions_get", count=9))


async def failing(watched: Watched) -> None:
    watched.hands.misfortune(Fault(Kind.FAIL, call="positions_get", count=9))


async def without_history(watched: Watched) -> None:
    watched.hands.misfortune(Fault(Kind.FAIL, call="history_deals_get", count=9))


@pytest.mark.parametrize("trouble", [unplugged, switched, hung, failing, without_history])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_failed_read_concludes_nothing(
    watched: Watched, trouble: Callable[[Watched], Awaitable[None]]
) -> None:
    """The position is gone at the broker, but who cannot read that does not know it."""
    trade = await watched.opened()
    await watched.cycle()
    before = await watched.rows()
    await by_hand(watched, trade)
    await trouble(watched)
    for _ in range(3):
        with pytest.raises(TerminalError):
            await watched.cycle()
    assert await watched.rows() == before
    assert await watched.open_trades() == [trade]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_happened_in_the_dark_is_found_with_the_light(watched: Watched) -> None:
    trade = await watched.opened()
    await unplugged(watched)
    await by_hand(watched, trade)
    with pytest.raises(TerminalError):
        await watched.cycle()
    hands.plug(watched.trader.folder, connected=True)
    await watched.cycle()
    assert (await watched.trade(trade)).close_reason is CloseReason.DESKTOP


# -- orders on their way


async def sent_by_the_desk(watched: Watched, state: IntentState, **changes: object) -> Intent:
    """An order of ours at the broker, of which the ledger knows no more than `state`."""
    now = watched.paper.clock.now()
    intent = Intent(
        new_intent_id(now), watched.trader.account.id, IntentKind.OPEN, state, "EURUSD", Side.BUY,
        OrderKind.MARKET, Decimal("0.10"), now, now + timedelta(minutes=1), price=Decimal("1.1"), sent_at=now,
    )  # fmt: skip
    intent = replace(intent, **changes)  # type: ignore[arg-type]
    async with watched.paper.store.write() as tx:
        await tx.intents.add(intent)
    execute(watched, intent.id)
    return intent


def execute(watched: Watched, named: IntentId) -> None:
    request = Request(
        action=mt5.TRADE_ACTION_DEAL, symbol="EURUSD", type=mt5.ORDER_TYPE_BUY, volume=0.1,
        magic=magic_of(named), comment=comment_of(named),
    )  # fmt: skip
    outcome = watched.hands.broker.trade(watched.login, request, mt5.ORDER_REASON_EXPERT)
    assert outcome is not None
    assert outcome.retcode == mt5.TRADE_RETCODE_DONE


@pytest.mark.parametrize("state", [IntentState.SENDING, IntentState.UNKNOWN, IntentState.PLACED])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_position_of_an_order_on_its_way_is_nobodys_yet(
    watched: Watched, state: IntentState
) -> None:
    await sent_by_the_desk(watched, state)
    await watched.cycle(3)
    assert (await watched.told(), await watched.log(), await watched.open_trades()) == ([], [], [])


async def test_an_unknown_order_becomes_a_trade_by_its_settlement_alone(watched: Watched) -> None:
    watched.hands.misfortune(Fault(Kind.REPLY_LOST, login=watched.login))
    card = await watched.paper.card()
    await watched.paper.tap(card)
    await watched.work()
    await watched.cycle()
    await watched.work()
    await watched.cycle(2)
    assert len(await watched.open_trades()) == 1
    assert [told for told in await watched.told() if told[0] in (DIVERGENCE, "order_late")] == []


@pytest.mark.parametrize("state", [IntentState.EXPIRED, IntentState.REFUSED])
async def test_an_order_that_was_given_up_and_is_there_is_adopted_and_told_once(
    watched: Watched, state: IntentState
) -> None:
    intent = await sent_by_the_desk(watched, state)
    await watched.cycle(2)
    await watched.paper.restart()
    await watched.cycle()
    [trade] = await watched.open_trades()
    assert (trade.intent_id, trade.position) == (intent.id, watched.positions[0].identifier)
    assert [told for told, _ in await watched.told()].count("order_late") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_order_that_is_given_up_after_its_position_was_seen_is_told_as_well(
    watched: Watched,
) -> None:
    """Nothing about the account has changed since: neither its positions nor its trades."""
    intent = await sent_by_the_desk(watched, IntentState.SENDING, price=None)
    await watched.cycle(2)
    async with watched.paper.store.write() as tx:
        refused = replace(intent, state=IntentState.REFUSED)
        assert await tx.intents.settle(refused, watched.paper.desk.epoch, IntentState.SENDING)
    await watched.cycle(2)
    assert [trade.intent_id for trade in await watched.open_trades()] == [intent.id]
    assert [told for told, _ in await watched.told()] == ["order_late"]


async def test_an_order_that_made_two_positions_has_one_trade_and_one_stranger(watched: Watched) -> None:
    intent = await sent_by_the_desk(watched, IntentState.EXPIRED, price=None)
    await watched.cycle()
    execute(watched, intent.id)
    await watched.cycle(3)
    assert len(await watched.open_trades()) == 1
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.UNMATCHED]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_mark_that_a_copier_took_along_makes_no_trade_on_another_account(watched: Watched) -> None:
    """Copying programs hand magic and comment on."""
    other = watched.paper.traders[1].account.id
    await sent_by_the_desk(watched, IntentState.EXPIRED, account_id=other)
    await watched.cycle(2)
    assert [await watched.paper.trades(trader) for trader in watched.paper.traders] == [[], []]
    assert [d.kind for d in await watched.lasting()] == [DivergenceKind.UNMATCHED]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_mark_of_another_desk_is_a_strangers(watched: Watched) -> None:
    execute(watched, new_intent_id(watched.paper.clock.now()))
    await watched.cycle(2)
    [found] = await watched.lasting()
    assert (found.kind, found.facts["by"]) == (DivergenceKind.UNMATCHED, "program")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_fill_known_by_its_order_alone_learns_its_positions_number(watched: Watched) -> None:
    """Where the identifier differs from the order's number, the close could never be explained."""
    trade = await watched.opened()
    async with watched.paper.store.write() as tx:
        await tx.trades.update(replace(trade, position=424242))
    await watched.cycle()
    assert (await watched.trade(trade)).position == trade.position
    await by_hand(watched, trade)
    await watched.cycle()
    assert (await watched.trade(trade)).close_reason is CloseReason.DESKTOP


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_trade_settled_after_the_reading_is_not_missing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal is read, then the trade appears in the database, then the reading is written."""
    session = await watched.paper.session()
    snapshot = session.snapshot

    async def read_then_settle() -> object:
        seen = await snapshot()
        monkeypatch.undo()
        await watched.opened()
        return seen

    monkeypatch.setattr(session, "snapshot", read_then_settle)
    await watched.cycle(3)
    [trade] = await watched.open_trades()
    assert trade.missing_reads == 0
    assert await watched.log() == []


# -- flickers


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_closed_position_that_flickers_back_is_not_new(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a trade and of a stranger alike: an old list of positions is answered once more."""
    trade = await watched.opened()
    await open_by_hand(watched, trade)
    await watched.cycle()
    session = await watched.paper.session()
    held = await session.snapshot()
    for position in watched.positions:
        watched.hands.close_position(watched.login, position.ticket)
    await watched.cycle(2)
    before = await watched.rows()
    read = session.snapshot

    async def as_before() -> object:
        return replace(await read(), positions=held.positions)

    monkeypatch.setattr(session, "snapshot", as_before)
    await watched.cycle()
    monkeypatch.undo()
    await watched.cycle()
    after = await watched.rows()
    assert {name: after[name] for name in before if name != "snapshots"} == {
        name: before[name] for name in before if name != "snapshots"
    }
    assert await watched.lasting() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_manual_position_is_one_however_its_volume_shrinks(watched: Watched) -> None:
    watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
    await watched.cycle()
    watched.hands.close_position(watched.login, watched.positions[0].ticket, 0.04)
    await watched.cycle(3)
    assert len(await watched.lasting()) == len(await watched.log()) == len(await watched.told()) == 1


# -- ambiguity


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_twins_without_identity_are_a_persons_to_tell_apart(watched: Watched) -> None:
    for _ in range(2):
        watched.hands.open_position(watched.login, "EURUSD", mt5.ORDER_TYPE_BUY, 0.10)
    price = Decimal(str(watched.positions[0].price_open))
    await expect(watched, open_price=price, expected_price=price)
    await watched.cycle(3)
    [doubt] = await watched.lasting()
    assert (doubt.kind, doubt.size) == (DivergenceKind.AMBIGUOUS, Decimal(2))
    assert await watched.told() == [(DIVERGENCE, DivergenceKind.AMBIGUOUS)]
    watched.hands.close_position(watched.login, watched.positions[0].ticket)
    await watched.cycle()
    assert await watched.lasting() == []
    [trade] = await watched.open_trades()
    assert trade.position == watched.positions[0].identifier


# -- how much is written


async def test_where_nothing_has_changed_nothing_is_written(watched: Watched) -> None:
    trade = await watched.opened()
    await remove_the_stop(watched, trade)
    await open_by_hand(watched, trade)
    await expect(watched)
    await watched.cycle(READS_BEFORE_MISSING)
    before = await watched.rows()
    await watched.cycle(3)
    assert await watched.rows() == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_quiet_account_is_pictured_every_five_minutes(watched: Watched) -> None:
    await watched.opened()
    await watched.cycle()
    before = await watched.rows()
    watched.paper.pass_time(280)
    await watched.cycle()
    assert await watched.rows() == before
    await watched.cycle()
    changed = await watched.rows()
    assert {name for name in changed if changed[name] != before[name]} == {"snapshots"}
