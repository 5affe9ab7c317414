"""The market guard over real paper terminals: what it marks, tells and does, proven on the broker's book."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.market.news import Calendar
from core.model.events import Priority
from core.model.policies import Danger, MarketAction, MarketPolicy
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault, Kind
from tests.core.market.marked import Marked

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLOSE = MarketPolicy(action=MarketAction.CLOSE)
TIGHTEN = MarketPolicy(action=MarketAction.BREAK_EVEN)


async def test_a_gap_is_marked_and_told_once_with_its_numbers_and_ended_quietly(marked: Marked) -> None:
    ticket = marked.buy()
    await marked.look(3)
    assert not await marked.marks()
    marked.jump(-1.3)
    await marked.look(10)
    mark = await marked.mark()
    assert (mark.danger, mark.action, mark.positions) == (Danger.GAP, MarketAction.ALERT, (ticket,))
    assert "EURUSD moved -1." in mark.reason
    assert "times its usual 0." in mark.reason
    assert "the next quote confirmed it" in mark.reason
    assert await marked.told() == Counter(market_marked=1)
    assert (await marked.alert("market_marked")).data["reasons"] == [mark.reason]
    await marked.look(7, seconds=60)
    assert not await marked.marks()
    assert await marked.told() == Counter(market_marked=1, market_ended=1)
    assert (await marked.alert("market_ended")).priority is Priority.DIGEST
    assert [event.name for event in await marked.events()] == ["market.marked", "market.ended"]
    assert ticket in marked.ledger.positions


@only_sqlite
async def test_the_owner_is_told_too(marked: Marked) -> None:
    marked.buy()
    await marked.look(3)
    marked.jump(2)
    await marked.look(4)
    assert "market_marked" in {alert.subject for alert in await marked.paper.alerts(marked.paper.owner)}


async def test_a_gap_closes_what_was_open_where_the_policy_says_so(marked: Marked) -> None:
    marked.choose(CLOSE)
    ticket, other = marked.buy(), marked.buy("XAUUSD")
    await marked.look(3)
    marked.jump(-1.3)
    await marked.look(4)
    assert set(marked.ledger.positions) == {other}
    acted = await marked.events("market.acted")
    assert [event.data["positions"] for event in acted] == [[str(ticket)]]
    await marked.look(2)
    assert not await marked.marks(), "nothing is left in the symbol"
    assert len(await marked.events("market.acted")) == 1


@only_sqlite
async def test_one_absurd_quote_closes_nothing(marked: Marked) -> None:
    """The jump and its return are seen by one look each."""
    marked.choose(CLOSE)
    ticket = marked.buy()
    await marked.look(3)
    marked.hands.shock("EURUSD", -7.0, in_s=1)
    marked.hands.shock("EURUSD", 7.527, in_s=3)
    await marked.look(10)
    assert ticket in marked.ledger.positions
    assert not await marked.marks()


@only_sqlite
async def test_what_is_opened_after_the_gap_is_not_closed(marked: Marked) -> None:
    marked.choose(CLOSE)
    marked.buy()
    await marked.look(3)
    marked.jump(-1.3)
    later = None
    for _ in range(5):
        await marked.look()
        if await marked.marks() and later is None:
            later = marked.buy()
    await marked.look(3)
    assert set(marked.ledger.positions) == {later}


@only_sqlite
async def test_a_close_that_fails_is_tried_again_with_patience_and_told(marked: Marked) -> None:
    marked.choose(CLOSE)
    marked.buy()
    await marked.look(3)
    marked.hands.misfortune(Fault(Kind.REJECT, count=3, retcode=mt5.TRADE_RETCODE_REJECT))
    marked.jump(-1.3)
    await marked.look(8)
    assert marked.ledger.positions, "the first ones are refused"
    few = len(await marked.events("market.acted"))
    assert 1 <= few <= 3, "not at every look"
    await marked.look(25)
    assert not marked.ledger.positions
    assert (await marked.told())["market_close_fails"] == 1


@only_sqlite
async def test_where_nothing_may_be_traded_nothing_is_queued_and_that_is_told(marked: Marked) -> None:
    marked.choose(CLOSE)
    marked.buy()
    await marked.look(3)
    marked.hands.permit(marked.account.login, trade_expert=False)
    marked.jump(-1.3)
    await marked.look(6)
    assert not await marked.events("market.acted")
    assert "broker forbids" in str((await marked.alert("market_close_fails")).data["obstacle"])


async def test_stops_in_profit_move_to_break_even_once(marked: Marked) -> None:
    marked.choose(TIGHTEN)
    price = marked.paper.quote().ask
    winner, loser = marked.buy(sl=round(price * 0.9, 5)), marked.sell(sl=round(price * 1.1, 5))
    opened = Decimal(str(marked.ledger.positions[winner].price_open))
    before = marked.stop_of(loser)
    await marked.look(3)
    marked.jump(1.3)
    await marked.look(4)
    assert marked.stop_of(winner) == opened
    assert marked.stop_of(loser) == before, "one at a loss cannot"
    marked.hands.move_stops(marked.account.login, winner, sl=round(price * 0.95, 5), tp=0.0)
    await marked.look(5)
    await marked.restart()
    marked.choose(TIGHTEN)
    await marked.look(5)
    assert marked.stop_of(winner) == Decimal(str(round(price * 0.95, 5))), "a person moved it back"
    assert len(await marked.events("market.acted")) == 1


@only_sqlite
@pytest.mark.parametrize("restarts", [False, True])
async def test_a_renamed_account_keeps_the_stop_that_its_trader_moved_back(
    marked: Marked, restarts: bool
) -> None:
    marked.choose(TIGHTEN)
    price = marked.paper.quote().ask
    winner = marked.buy(sl=round(price * 0.9, 5))
    await marked.look(3)
    marked.jump(1.3)
    await marked.look(4)
    marked.hands.move_stops(marked.account.login, winner, sl=round(price * 0.95, 5), tp=0.0)
    marked.account = replace(marked.account, label="Renamed")
    if restarts:
        await marked.restart()
    await marked.look(5)
    assert marked.stop_of(winner) == Decimal(str(round(price * 0.95, 5)))
    assert len(await marked.events("market.break_even")) == 1


@only_sqlite
async def test_a_stop_that_its_trader_tightened_meanwhile_is_not_widened_to_the_entry(marked: Marked) -> None:
    marked.choose(TIGHTEN)
    price = marked.paper.quote().ask
    winner = marked.buy(sl=round(price * 0.9, 5))
    await marked.look(3)
    marked.jump(1.3)
    tighter, target = round(price * 1.005, 5), round(price * 1.1, 5)
    for _ in range(4):
        marked.paper.pass_time(2)
        await marked.reconciler.sync()
        await marked.guard.once(marked.account)
        if await marked.events("market.acted"):
            break
    assert await marked.events("market.acted"), "asked for, and not sent yet"
    marked.hands.move_stops(marked.account.login, winner, sl=tighter, tp=target)
    await marked.look(3)
    assert marked.stop_of(winner) == Decimal(str(tighter))
    assert marked.ledger.positions[winner].tp == target


@only_sqlite
async def test_a_move_to_break_even_that_is_refused_is_asked_for_again_with_patience(marked: Marked) -> None:
    marked.choose(TIGHTEN)
    ticket = marked.buy()
    opened = Decimal(str(marked.ledger.positions[ticket].price_open))
    await marked.look(3)
    marked.hands.misfortune(Fault(Kind.REJECT, count=2, retcode=mt5.TRADE_RETCODE_REJECT))
    marked.jump(1.3)
    await marked.look(5)
    assert marked.stop_of(ticket) == 0, "refused"
    assert len(await marked.events("market.acted")) in (1, 2), "not at every look"
    assert not await marked.events("market.break_even"), "what was refused was not moved"
    await marked.look(14)
    assert marked.stop_of(ticket) == opened
    assert len(await marked.events("market.acted")) == 3
    [moved] = await marked.events("market.break_even")
    assert (moved.data["before"], moved.data["after"]) == ("", str(opened))


@only_sqlite
async def test_where_nothing_may_be_traded_no_stop_is_moved_until_it_may(marked: Marked) -> None:
    marked.choose(TIGHTEN)
    ticket = marked.buy()
    await marked.look(3)
    marked.hands.permit(marked.account.login, trade_expert=False)
    marked.jump(1.3)
    await marked.look(4)
    assert not await marked.events("market.acted")
    marked.hands.permit(marked.account.login)
    await marked.look(2)
    assert marked.stop_of(ticket) == Decimal(str(marked.ledger.positions[ticket].price_open))


@only_sqlite
async def test_a_better_stop_is_left_alone(marked: Marked) -> None:
    marked.choose(TIGHTEN)
    ticket = marked.buy()
    await marked.look(3)
    marked.jump(0.5)
    await marked.look(1)
    better = round(marked.ledger.positions[ticket].price_open * 1.001, 5)
    marked.hands.move_stops(marked.account.login, ticket, sl=better, tp=0.0)
    marked.jump(1.0)
    await marked.look(5)
    assert await marked.marks()
    assert marked.stop_of(ticket) == Decimal(str(better))


async def test_quotes_that_stand_still_are_marked_until_they_move(marked: Marked) -> None:
    marked.buy("BTCUSD")
    await marked.look(3)
    marked.stop_quotes("BTCUSD")
    await marked.look(15, seconds=10)
    mark = await marked.mark()
    assert mark.danger is Danger.STALE
    assert "No new price of BTCUSD for 2 min" in mark.reason
    marked.hands.no_misfortunes()
    await marked.look(3)
    assert not [mark for mark in await marked.marks() if mark.danger is Danger.STALE]


@only_sqlite
async def test_a_mark_survives_the_desk(marked: Marked) -> None:
    marked.buy()
    await marked.look(3)
    marked.jump(-1.3)
    await marked.look(4)
    before = await marked.mark()
    await marked.restart()
    await marked.look(3)
    assert await marked.mark() == before
    assert (await marked.told())["market_marked"] == 1
    await marked.look(7, seconds=60)
    assert not await marked.marks()


@only_sqlite
async def test_the_weekend_is_told_before_it_begins_and_its_gap_once(marked: Marked) -> None:
    """Friday 12:00 to Monday; a shock in the rest is the gap of the reopening."""
    marked.keep_market_hours()
    marked.buy()
    await marked.look(2)
    marked.paper.pass_time(9.4 * 3600)
    await marked.look(2)
    assert not await marked.marks(), "half an hour before it is not yet time"
    await marked.look(10, seconds=60)
    mark = await marked.mark()
    assert mark.danger is Danger.CLOSING
    assert "EURUSD closes in 2" in mark.reason
    assert "for 2 d" in mark.reason
    marked.hands.shock("EURUSD", -0.8, in_s=24 * 3600)
    await marked.look(10, seconds=5 * 3600)
    for _ in range(20):
        await marked.look(1, seconds=300)
    gaps = [event for event in await marked.events("market.marked") if event.data["danger"] == "gap"]
    assert len(gaps) == 1
    assert not [mark for mark in await marked.marks() if mark.danger is Danger.CLOSING]


@only_sqlite
async def test_news_of_a_symbols_currency_mark_it_until_they_are_over(marked: Marked, tmp_path: Path) -> None:
    """The desk's day begins at 12:00:05."""
    file = tmp_path / "news.csv"
    window = "2026-11-20T12:20,2026-11-20T12:30,USD,Rates"
    file.write_text(f"from,to,currencies,title\n{window}\n", encoding="utf-8")
    marked.calendar = Calendar(file)
    marked.calendar.load()
    marked.choose(MarketPolicy())
    marked.buy()
    await marked.look(2)
    assert not await marked.marks(), "a quarter of an hour before, not earlier"
    await marked.look(6, seconds=60)
    mark = await marked.mark()
    assert mark.danger is Danger.NEWS
    assert "Rates (USD), 12:20 to 12:30 UTC" in mark.reason
    await marked.look(6, seconds=300)
    assert not await marked.marks()


@only_sqlite
async def test_crypto_has_no_weekend(marked: Marked) -> None:
    marked.keep_market_hours()
    marked.buy("BTCUSD")
    await marked.look(2)
    marked.paper.pass_time(9.8 * 3600)
    await marked.look(2)
    assert Danger.CLOSING not in {mark.danger for mark in await marked.marks()}


@only_sqlite
async def test_before_the_weekend_is_closed_what_is_opened_late_too(marked: Marked) -> None:
    marked.keep_market_hours()
    marked.choose(MarketPolicy(actions={Danger.CLOSING: MarketAction.CLOSE}))
    marked.buy()
    await marked.look(2)
    marked.paper.pass_time(9.6 * 3600)
    await marked.look(3)
    assert not marked.ledger.positions


@only_sqlite
async def test_without_positions_nobody_asks_the_terminal(
    marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await marked.reconciler.sync()

    async def nobody(_: object) -> None:
        raise AssertionError("asked")

    await marked.guard.once(marked.account)  # reads the marks of an earlier life
    monkeypatch.setattr(marked.paper.desk.terminals, "session", nobody)
    await marked.guard.once(marked.account)
