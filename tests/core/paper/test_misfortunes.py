"""Misfortunes of every kind, at any call: what the terminal shows, and what the books know."""

import time

import pytest

import core.paper as mt5
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, World, market_order, opened, sent


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Hangs that do not last: how long each would have blocked."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


@pytest.fixture
def still(desk: World) -> World:
    """A desk whose market moves only when it is stepped."""
    desk.hands.set_speed(0)
    return desk


def _send() -> int | None:
    result = mt5.order_send(market_order("EURUSD", 0, 0.1))
    return None if result is None else int(result.retcode)


def _codes(times: int) -> list[int]:
    """What `last_error` says of so many reads."""
    return [1 if mt5.account_info() is not None else mt5.last_error()[0] for _ in range(times)]


# -- the way to the terminal and back


def test_latency_delays_a_call_that_goes_well(desk: World, naps: list[float]) -> None:
    desk.hands.misfortune(
        Fault(Kind.LATENCY, seconds=0.7), Fault(Kind.LATENCY, call="account_info", seconds=2.0)
    )
    assert _send() == mt5.TRADE_RETCODE_DONE
    assert mt5.account_info() is not None
    assert naps == [0.7, 2.0]


@pytest.mark.parametrize(("code", "positions"), [(-10001, 0), (-10002, 1)])
def test_a_dying_terminal_fails_once_and_then_has_no_ipc(desk: World, code: int, positions: int) -> None:
    desk.hands.misfortune(Fault(Kind.GONE, code=code))
    assert _send() is None
    assert mt5.last_error()[0] == code
    assert _codes(2) == [-10004, -10004]
    assert desk.initialize()
    assert mt5.positions_total() == positions


def test_a_duplicated_reply_is_taken_for_the_next_calls(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.DUPLICATED))
    first = sent(market_order("EURUSD", 0, 0.1))
    second = mt5.order_send(market_order("EURUSD", 0, 0.2))
    assert second == first
    assert [row.volume for row in mt5.positions_get() or ()] == [0.1, 0.2], "what it asked for was done"
    desk.hands.misfortune(Fault(Kind.DUPLICATED, call="positions_get"))
    mt5.positions_get()
    assert mt5.account_info() is None
    assert mt5.last_error() == (-10000, "IPC call failed")
    assert mt5.account_info() is not None


def test_a_fault_may_be_for_the_calls_about_one_symbol(desk: World) -> None:
    calls = ("symbol_info", "symbol_info_tick", "copy_rates_from_pos", "order_calc_margin", "order_check")
    desk.hands.misfortune(*(Fault(Kind.FAIL, call=call, symbol="EURUSD", code=-1) for call in calls))
    for symbol, failed in (("XAUUSD", False), ("EURUSD", True), ("EURUSD", False)):
        answers = (
            mt5.symbol_info(symbol),
            mt5.symbol_info_tick(symbol),
            mt5.copy_rates_from_pos(symbol, 1, 0, 1),
            mt5.order_calc_margin(0, symbol, 0.1, 1.0),
            mt5.order_check(market_order(symbol, 0, 0.1)),
        )
        assert [answer is None for answer in answers] == [failed] * len(calls)


# -- signing in


def test_initialize_meets_faults_and_the_terminal_stays_unconnected(world: World, naps: list[float]) -> None:
    assert world.initialize(), "a connection that there is already ends"
    world.hands.misfortune(
        Fault(Kind.FAIL, call="initialize", code=mt5.RES_E_INTERNAL_FAIL_TIMEOUT),
        Fault(Kind.HANG_BEFORE, call="initialize", skip=1, seconds=9.0),
        Fault(Kind.GONE, call="initialize", skip=2),
        Fault(Kind.HANG_EXECUTED, call="initialize", skip=3, seconds=8.0),
    )
    for code in (-10005, -10001, -10002):
        assert world.initialize() is False
        assert mt5.last_error()[0] == code
        assert _codes(1) == [-10004]
    assert world.initialize() is True
    assert mt5.account_info() is not None
    assert naps == [9.0, 8.0]


def test_login_meets_faults_and_the_account_stays(desk: World, naps: list[float]) -> None:
    desk.hands.open_account(Account(login=1002, name="Bob"), "pw-bob", 500.0)
    desk.hands.misfortune(
        Fault(Kind.FAIL, call="login", code=mt5.RES_E_AUTH_FAILED),
        Fault(Kind.REPLY_LOST, call="login", skip=1),
    )
    assert mt5.login(1002, "pw-bob") is False
    assert mt5.last_error()[0] == -6
    info = mt5.account_info()
    assert info is not None
    assert info.login == LOGIN
    assert mt5.login(1002, "pw-bob") is False, "it was done, and nobody was told"
    assert mt5.last_error()[0] == -10002
    info = mt5.account_info()
    assert info is not None
    assert info.login == 1002


# -- what the broker does


def test_a_deal_that_is_only_placed_is_executed_later_by_the_order_that_was_named(still: World) -> None:
    still.hands.misfortune(Fault(Kind.PLACED, seconds=60.0))
    result = sent(market_order("EURUSD", 0, 0.1, magic=7), mt5.TRADE_RETCODE_PLACED)
    assert (result.deal, result.volume) == (0, 0.1)
    assert mt5.positions_get() == ()
    still.pass_time(59)
    assert mt5.positions_get() == ()
    still.pass_time(2)
    (position,) = mt5.positions_get() or ()
    assert (position.ticket, position.magic) == (result.order, 7)
    assert [deal.order for deal in mt5.history_deals_get(position=result.order) or ()] == [result.order]


def test_a_placed_deal_that_fails_in_the_end_is_a_rejected_order(still: World) -> None:
    still.hands.misfortune(Fault(Kind.PLACED, seconds=60.0))
    result = sent(market_order("EURUSD", 0, 1.0), mt5.TRADE_RETCODE_PLACED)
    still.hands.withdraw(LOGIN, 9_990.0)
    still.pass_time(61)
    assert mt5.positions_get() == ()
    (order,) = mt5.history_orders_get(ticket=result.order) or ()
    assert (order.state, order.volume_initial) == (mt5.ORDER_STATE_REJECTED, 1.0)
    still.hands.misfortune(Fault(Kind.PLACED))
    sent(market_order("EURUSD", 0, 1.0), mt5.TRADE_RETCODE_NO_MONEY)


def test_a_broker_writes_its_own_comment(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.STRIPPED), Fault(Kind.STRIPPED, skip=1, comment="web"))
    for kept in ("", "web", "mine"):
        result = sent(market_order("EURUSD", 0, 0.1, comment="mine", magic=3))
        (position,) = mt5.positions_get(ticket=result.order) or ()
        assert (position.comment, position.magic, result.request.comment) == (kept, 3, "mine")


# -- what is shown


def test_books_that_lag_show_what_was_known(still: World) -> None:
    early = opened("EURUSD", 0)
    still.pass_time(300)
    late = opened("GBPUSD", 0)
    still.pass_time(10)
    still.hands.misfortune(
        Fault(Kind.LAG, call="positions_get", seconds=60.0),
        Fault(Kind.LAG, call="history_deals_get", seconds=60.0),
        Fault(Kind.LAG, call="history_orders_get", seconds=60.0),
    )
    for _, expected in (("lagging", [early]), ("true again", [early, late])):
        assert [row.ticket for row in mt5.positions_get() or ()] == expected
        assert [row.position_id for row in mt5.history_deals_get(1, 2**32 - 1) or ()] == [0, *expected]
        assert [row.ticket for row in mt5.history_orders_get(1, 2**32 - 1) or ()] == expected


def test_the_link_is_down_for_a_time(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    opened("EURUSD", 0)
    desk.hands.misfortune(Fault(Kind.LINK_DOWN, skip=1, seconds=30.0))
    assert _send() == mt5.TRADE_RETCODE_DONE
    assert _send() == mt5.TRADE_RETCODE_CONNECTION
    info, tick = mt5.terminal_info(), mt5.symbol_info_tick("EURUSD")
    assert info is not None
    assert info.connected is False
    monkeypatch.setattr(time, "time", lambda: now + 25)
    assert mt5.symbol_info_tick("EURUSD") == tick
    assert mt5.positions_total() == 2
    monkeypatch.setattr(time, "time", lambda: now + 35)
    assert _send() == mt5.TRADE_RETCODE_DONE
    assert mt5.positions_total() == 3


def test_a_symbol_without_quotes_stands_still_and_refuses_orders(still: World) -> None:
    still.hands.misfortune(Fault(Kind.QUOTES_OFF, call=ANY, symbol="EURUSD"))
    euro, gold = mt5.symbol_info_tick("EURUSD"), mt5.symbol_info_tick("XAUUSD")
    still.pass_time(120)
    assert mt5.symbol_info_tick("EURUSD") == euro
    assert mt5.symbol_info_tick("XAUUSD") != gold
    assert _send() == mt5.TRADE_RETCODE_PRICE_OFF
    opened("XAUUSD", 0, 0.01)
    still.hands.no_misfortunes()
    assert mt5.symbol_info_tick("EURUSD") != euro
    assert _send() == mt5.TRADE_RETCODE_DONE


def test_frozen_prices_are_not_those_at_which_orders_execute(still: World) -> None:
    ticket = opened("EURUSD", 0)
    (before,) = mt5.positions_get() or ()
    still.hands.misfortune(Fault(Kind.FROZEN, call=ANY, symbol="EURUSD"))
    still.hands.shock("EURUSD", 1.0)
    still.pass_time(60)
    tick = mt5.symbol_info_tick("EURUSD")
    result = sent(market_order("EURUSD", 0, 0.1))
    assert tick is not None
    assert result.price > tick.ask * 1.005
    (after,) = mt5.positions_get(ticket=ticket) or ()
    assert (after.price_current, after.profit) == (before.price_current, before.profit)


@pytest.mark.parametrize(("in_s", "market_time"), [(0.0, False), (0.0, True), (120.0, True)])
def test_quotes_stand_where_they_stood_when_it_began(desk: World, in_s: float, market_time: bool) -> None:
    before = mt5.symbol_info_tick("BTCUSD")
    since = desk.hands.broker.plan.utc(time.time()) + in_s if in_s else 0.0
    desk.hands.misfortune(
        Fault(Kind.QUOTES_OFF, call=ANY, symbol="BTCUSD", since=since, market_time=market_time)
    )
    desk.pass_time(600)
    after = mt5.symbol_info_tick("BTCUSD")
    assert before is not None
    assert after is not None
    assert after.time - before.time == pytest.approx(in_s, abs=10)


def test_what_lasts_ends_by_the_markets_time_too(still: World) -> None:
    now = still.hands.broker.plan.utc(time.time())
    still.hands.misfortune(
        Fault(Kind.LINK_DOWN, call=ANY, since=now + 60, until=now + 120, market_time=True),
        Fault(Kind.REJECT, since=now + 180, market_time=True),
    )
    seen = []
    for _ in range(5):
        seen.append(_send())
        still.pass_time(50)
    assert seen == [10009, 10009, 10031, 10009, 10006]


# -- what others do


def test_a_position_is_closed_by_hand_just_before(desk: World) -> None:
    first, gold = opened("EURUSD", 0), opened("XAUUSD", 0, 0.01)
    desk.hands.misfortune(Fault(Kind.CLOSED))
    sent(market_order("EURUSD", 1, 0.1, position=first), mt5.TRADE_RETCODE_POSITION_CLOSED)
    deal = (mt5.history_deals_get(position=first) or ())[-1]
    assert (deal.entry, deal.reason) == (mt5.DEAL_ENTRY_OUT, mt5.DEAL_REASON_CLIENT)
    desk.hands.misfortune(Fault(Kind.CLOSED, call="positions_get"))
    assert [row.ticket for row in mt5.positions_get() or ()] == []
    assert (mt5.history_deals_get(position=gold) or ())[-1].entry == mt5.DEAL_ENTRY_OUT


def test_the_account_is_switched_and_algo_trading_pressed(desk: World) -> None:
    desk.hands.open_account(Account(login=1002, name="Bob"), "pw-bob", 500.0)
    desk.hands.misfortune(Fault(Kind.SWITCHED, to=1002), Fault(Kind.ALGO_OFF, skip=1))
    result = sent(market_order("EURUSD", 0, 0.01))
    info = mt5.account_info()
    assert info is not None
    assert info.login == 1002
    assert [row.ticket for row in mt5.positions_get() or ()] == [result.order], "it went to the other account"
    assert _send() == mt5.TRADE_RETCODE_CLIENT_DISABLES_AT


@pytest.mark.parametrize("hours", [-3, 3])
def test_the_brokers_clock_is_set(still: World, hours: int) -> None:
    ticket = opened("EURUSD", 0)
    before = mt5.symbol_info_tick("EURUSD")
    still.hands.misfortune(Fault(Kind.CLOCK, call="symbol_info_tick", seconds=hours * 3_600.0))
    after = mt5.symbol_info_tick("EURUSD")
    assert before is not None
    assert after is not None
    assert after.time - before.time == pytest.approx(hours * 3_600, abs=120)
    assert [row.ticket for row in mt5.positions_get() or ()] == [ticket]
    still.pass_time(600)
    sent(market_order("EURUSD", 1, 0.1, position=ticket))
    deals = mt5.history_deals_get(position=ticket) or ()
    assert [deal.entry for deal in deals][-1:] == [mt5.DEAL_ENTRY_OUT]
