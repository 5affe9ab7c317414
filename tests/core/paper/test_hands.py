"""A person's hands: accounts and their terms, money, passwords, the market's clock, terminals."""

import time

import pytest

import core.paper as mt5
from core.paper import hands
from core.paper.calls.structs import Struct
from core.paper.folder import Folder
from core.paper.hands import Hands
from core.paper.server.broker import Broker
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, PASSWORD, World, market_order, opened, sent

INVESTOR = "look-only"

_DONE = mt5.TRADE_RETCODE_DONE


def _account() -> Struct:
    info = mt5.account_info()
    assert info is not None, mt5.last_error()
    return info


# -- who signs in


@pytest.fixture
def bob(world: World) -> int:
    """A second account of the broker, a real one, which an investor may look at."""
    account = Account(login=1002, name="Bob", leverage=30, trade_mode=mt5.ACCOUNT_TRADE_MODE_REAL)
    world.hands.open_account(account, "pw-bob", 500.0, investor=INVESTOR)
    return account.login


def test_login_switches_everything(desk: World, bob: int) -> None:
    opened("EURUSD", 0)
    assert mt5.login(bob, "pw-bob", "Paper-Demo") is True
    info = _account()
    assert (info.login, info.name, info.leverage, info.balance, info.trade_mode) == (bob, "Bob", 30, 500.0, 2)
    assert (mt5.positions_get(), mt5.history_orders_get(1, 2**32 - 1)) == ((), ())
    assert mt5.login(LOGIN, PASSWORD) is True
    assert len(mt5.positions_get() or ()) == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((1002, "wrong"), -6), ((1002, ""), -6), ((1002,), -6), ((7, "x"), -6), ((0, "x"), -2), (("1002",), -2),
     ((1002, "pw-bob", "Elsewhere"), -6), ((1002, "pw-bob", "Paper-Demo", 5), -2)],
)  # fmt: skip
def test_a_login_that_fails_leaves_the_terminal_where_it_was(
    desk: World, bob: int, arguments: tuple[object, ...], code: int
) -> None:
    assert mt5.login(*arguments) is False
    assert mt5.last_error()[0] == code
    assert _account().login == LOGIN


def test_an_investor_looks_and_does_not_trade(desk: World, bob: int) -> None:
    assert _account().trade_allowed is True
    assert mt5.login(bob, INVESTOR) is True
    info = _account()
    assert (info.login, info.trade_allowed, info.trade_expert) == (bob, False, True)
    assert mt5.symbol_info_tick("EURUSD") is not None
    check = mt5.order_check(market_order("EURUSD", 0, 0.01))
    assert check is not None
    assert check.retcode == mt5.TRADE_RETCODE_TRADE_DISABLED
    sent(market_order("EURUSD", 0, 0.01), mt5.TRADE_RETCODE_TRADE_DISABLED)
    assert mt5.initialize(str(desk.folder)) is True, "the terminal remembers who it is"
    assert _account().trade_allowed is False
    assert mt5.login(bob, "pw-bob") is True
    sent(market_order("EURUSD", 0, 0.01))


def test_passwords_change_and_an_empty_one_lets_nobody_in(desk: World, bob: int) -> None:
    desk.hands.change_password(bob, "new", investor="")
    assert [mt5.login(bob, password) for password in ("pw-bob", INVESTOR, "new")] == [False, False, True]
    desk.hands.change_password(bob, investor="watch")
    assert [mt5.login(bob, password) for password in ("new", "watch")] == [True, True]
    stored = desk.hands.broker.book.account(bob)
    assert stored is not None
    assert "new" not in stored.password


def test_a_person_switches_the_account_and_logs_off(desk: World, bob: int) -> None:
    hands.switch_account(desk.folder, bob, investor=True)
    info = _account()
    assert (info.login, info.trade_allowed) == (bob, False)
    hands.switch_account(desk.folder, 999)
    assert mt5.positions_get() is None, "the broker has no such account"
    hands.switch_account(desk.folder, 0)
    assert mt5.account_info() is None
    shown = mt5.terminal_info()
    assert shown is not None
    assert shown.connected is False


# -- money and terms


def test_deposits_withdrawals_and_credit_are_deals(desk: World) -> None:
    desk.hands.deposit(LOGIN, 500.0)
    desk.hands.withdraw(LOGIN, 200.0)
    desk.hands.credit(LOGIN, 1_000.0)
    desk.hands.credit(LOGIN, -400.0, "taken back")
    info = _account()
    assert (info.balance, info.credit, info.equity) == (10_300.0, 600.0, 10_900.0)
    deals = [(d.type, d.profit, d.comment) for d in mt5.history_deals_get(1, 2**32 - 1) or ()]
    balance, credit = mt5.DEAL_TYPE_BALANCE, mt5.DEAL_TYPE_CREDIT
    assert deals == [
        (balance, 10_000.0, "Deposit"), (balance, 500.0, "Deposit"), (balance, -200.0, "Withdrawal"),
        (credit, 1_000.0, "Credit"), (credit, -400.0, "taken back"),
    ]  # fmt: skip
    assert {(d.order, d.symbol) for d in mt5.history_deals_get(1, 2**32 - 1) or ()} == {(0, "")}


def test_terms_of_an_account_change_under_the_module(desk: World) -> None:
    before = mt5.order_calc_margin(0, "EURUSD", 1.0, 1.2)
    desk.hands.change_account(LOGIN, leverage=50, margin_so_so=20.0, limit_orders=3, fifo_close=True)
    info = _account()
    assert (info.leverage, info.margin_so_so, info.limit_orders, info.fifo_close) == (50, 20.0, 3, True)
    assert mt5.order_calc_margin(0, "EURUSD", 1.0, 1.2) == pytest.approx(2 * (before or 0), rel=1e-3)
    for fixed in ({"balance": 1.0}, {"revision": 5}, {"password": "x"}, {"settled_msc": 0}):
        with pytest.raises(ValueError, match="not a term"):
            desk.hands.change_account(LOGIN, **fixed)


def test_permissions_are_the_servers(desk: World) -> None:
    desk.hands.permit(LOGIN, trade_expert=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_SERVER_DISABLES_AT)
    assert desk.hands.open_position(LOGIN, "EURUSD", 0, 0.1).retcode == _DONE
    desk.hands.permit(LOGIN, trade_allowed=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_TRADE_DISABLED)


# -- from the desktop


def test_orders_from_the_desktop_are_a_clients(desk: World) -> None:
    placed = desk.hands.place_order(LOGIN, "EURUSD", mt5.ORDER_TYPE_BUY_LIMIT, 0.1, 0.5)
    assert placed.retcode == _DONE
    (order,) = mt5.orders_get() or ()
    assert (order.ticket, order.reason) == (placed.order, mt5.ORDER_REASON_CLIENT)
    assert desk.hands.change_order(LOGIN, order.ticket, 0.6, 0.4, 0.0).retcode == _DONE
    (moved,) = mt5.orders_get() or ()
    assert (moved.ticket, moved.price_open, moved.sl, moved.tp) == (order.ticket, 0.6, 0.4, 0.0)
    assert desk.hands.cancel_order(LOGIN, order.ticket).retcode == _DONE
    assert mt5.orders_get() == ()
    gone = desk.hands.change_order(LOGIN, order.ticket, 0.5, 0.0, 0.0)
    assert gone.retcode == mt5.TRADE_RETCODE_INVALID
    ticket = desk.hands.open_position(LOGIN, "BTCUSD", 1, 0.01, sl=800_000.0).order
    assert desk.hands.move_stops(LOGIN, ticket, 900_000.0, 1.0).retcode == _DONE
    (position,) = mt5.positions_get() or ()
    assert (position.sl, position.tp, position.magic) == (900_000.0, 1.0, 0)
    assert position.reason == mt5.POSITION_REASON_CLIENT


def test_a_person_closes_what_a_program_has_opened(desk: World) -> None:
    ticket = opened("EURUSD", 0)
    for volume, retcode in ((0.04, _DONE), (None, _DONE), (None, mt5.TRADE_RETCODE_POSITION_CLOSED)):
        assert desk.hands.close_position(LOGIN, ticket, volume).retcode == retcode
    assert mt5.positions_get() == ()
    deals = mt5.history_deals_get(position=ticket) or ()
    assert [(deal.volume, deal.reason) for deal in deals] == [
        (0.1, mt5.DEAL_REASON_EXPERT), (0.04, mt5.DEAL_REASON_CLIENT), (0.06, mt5.DEAL_REASON_CLIENT),
    ]  # fmt: skip


def test_buttons_and_cables_of_a_terminal(desk: World) -> None:
    hands.press_algo_trading(desk.folder, on=False)
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_CLIENT_DISABLES_AT)
    hands.disable_api(desk.folder)
    assert mt5.order_send(market_order("EURUSD", 0, 0.1)) is None
    assert mt5.last_error()[0] == mt5.RES_E_AUTO_TRADING_DISABLED
    info = mt5.terminal_info()
    assert info is not None
    assert (info.trade_allowed, info.tradeapi_disabled) == (False, True)
    assert Folder(desk.folder).setup.tradeapi_disabled


# -- the clock


def _seconds() -> int:
    tick = mt5.symbol_info_tick("BTCUSD")
    assert tick is not None
    return int(tick.time)


def test_a_clock_that_stands_is_stepped_exactly(desk: World) -> None:
    desk.hands.set_speed(0)
    plan, now = desk.hands.broker.plan, time.time()
    assert plan.broker_ms(now) == plan.broker_ms(now + 3_600)
    tick = mt5.symbol_info_tick("BTCUSD")
    assert mt5.symbol_info_tick("BTCUSD") == tick
    desk.hands.advance(3_600)
    assert desk.hands.broker.plan.broker_ms(now) - plan.broker_ms(now) == 3_600_000
    assert mt5.symbol_info_tick("BTCUSD") != tick


def test_another_speed_goes_on_from_the_same_moment(desk: World) -> None:
    desk.hands.advance(86_400)
    now = time.time()
    before = desk.hands.broker.plan.utc(now)
    desk.hands.set_speed(60)
    plan = desk.hands.broker.plan
    assert plan.utc(now) == pytest.approx(before, abs=30)
    assert plan.utc(now + 10) - plan.utc(now) == pytest.approx(600)
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="forward"):
            desk.hands.set_speed(wrong)
    with pytest.raises(ValueError, match="forward"):
        desk.hands.advance(-1)


def test_no_change_of_speed_loses_a_second(desk: World) -> None:
    real = [1_000.0]
    person = Hands(Broker(desk.hands.broker.book, lambda: real[0]))
    began = person.broker.plan.utc(real[0])
    for speed, passes_s in ((60.0, 10.0), (0.0, 50.0), (0.5, 8.0), (1.0, 1.0)):
        person.set_speed(speed)
        real[0] += passes_s
    assert person.broker.plan.utc(real[0]) - began == pytest.approx(600 + 0 + 4 + 1)


def test_a_shock_while_the_clock_stands_waits_for_the_next_step(desk: World) -> None:
    desk.hands.set_speed(0)
    before = mt5.symbol_info_tick("BTCUSD")
    desk.hands.shock("BTCUSD", -10.0)
    assert mt5.symbol_info_tick("BTCUSD") == before
    desk.hands.advance(30)
    after = mt5.symbol_info_tick("BTCUSD")
    assert before is not None
    assert after is not None
    assert after.bid / before.bid == pytest.approx(0.9, abs=0.01)
