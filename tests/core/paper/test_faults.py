"""Scripted misfortunes: each happens once, at its point of the call, and the books tell the truth."""

import time

import pytest

import core.paper as mt5
from core.paper import hands
from core.paper.server.faults import Fault, Kind
from tests.core.paper.world import LOGIN, World, market_order, opened, sent


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Hangs that do not last: how long each would have blocked."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


def _send() -> int | None:
    result = mt5.order_send(market_order("EURUSD", 0, 0.1))
    return None if result is None else int(result.retcode)


def test_a_reply_that_is_lost_leaves_a_position(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.REPLY_LOST))
    assert _send() is None
    assert mt5.last_error() == (-10002, "IPC recv failed")
    assert mt5.positions_total() == 1
    assert _send() == mt5.TRADE_RETCODE_DONE


def test_a_call_that_fails_leaves_nothing(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND))
    desk.hands.misfortune(Fault(Kind.FAIL, call="positions_get"))
    assert _send() is None
    assert mt5.last_error()[0] == -10001
    assert mt5.positions_get() is None
    assert mt5.positions_get() == ()


def test_the_three_points_of_a_hang(desk: World, naps: list[float]) -> None:
    desk.hands.misfortune(Fault(Kind.HANG_BEFORE, seconds=11.0))
    assert _send() is None
    assert (naps, mt5.positions_total()) == ([11.0], 0)
    desk.hands.misfortune(Fault(Kind.HANG_EXECUTED, seconds=12.0))
    assert _send() == mt5.TRADE_RETCODE_DONE
    assert (naps, mt5.positions_total()) == ([11.0, 12.0], 1)
    desk.hands.misfortune(Fault(Kind.HANG_REPLIED, seconds=13.0))
    assert _send() == mt5.TRADE_RETCODE_DONE
    assert naps == [11.0, 12.0]
    assert mt5.positions_total() == 2
    assert naps == [11.0, 12.0, 13.0]


def test_a_late_order_is_executed_at_its_time_though_nobody_heard(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.LATE, seconds=30.0))
    before = mt5.symbol_info_tick("EURUSD")
    assert _send() is None
    assert mt5.positions_total() == 0
    desk.pass_time(20)
    assert mt5.positions_total() == 0
    desk.pass_time(3_600)
    (position,) = mt5.positions_get() or ()
    assert before is not None
    assert position.time - before.time in range(28, 34)
    assert mt5.positions_total() == 1


def test_slippage_rejection_and_part(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.SLIPPAGE, symbol="EURUSD", points=80))
    gold = sent(market_order("XAUUSD", 0, 0.01))
    assert gold.price == gold.ask
    for side, sign in ((0, 1), (1, -1)):
        desk.hands.misfortune(Fault(Kind.SLIPPAGE, points=80, skip=0))
        result = sent(market_order("EURUSD", side, 0.1))
        wanted = result.ask if side == 0 else result.bid
        assert result.price == pytest.approx(wanted + sign * 0.0008)
    desk.hands.misfortune(Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE))
    requote = sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_REQUOTE)
    assert requote.ask > 0
    desk.hands.misfortune(Fault(Kind.PARTIAL, share=0.3))
    part = market_order("EURUSD", 0, 0.1) | {"type_filling": mt5.ORDER_FILLING_IOC}
    result = sent(part, mt5.TRADE_RETCODE_DONE_PARTIAL)
    (position,) = mt5.positions_get(ticket=result.order) or ()
    assert result.volume == position.volume == 0.03


def test_faults_count_skip_and_choose(desk: World) -> None:
    desk.hands.misfortune(Fault(Kind.REJECT, symbol="EURUSD", skip=1, count=2))
    desk.hands.misfortune(Fault(Kind.REJECT, login=LOGIN + 1))
    desk.hands.misfortune(Fault(Kind.REJECT, until=time.time() - 1))
    opened("XAUUSD", 0, 0.01)
    assert [_send() for _ in range(4)] == [10009, 10006, 10006, 10009]


def test_without_the_network_the_terminal_answers_with_what_it_knew(desk: World) -> None:
    desk.start_at(1_795_000_000.0)
    ticket = opened("EURUSD", 0)
    assert mt5.positions_total() == 1
    hands.plug(desk.folder, connected=False)
    info, tick = mt5.terminal_info(), mt5.symbol_info_tick("EURUSD")
    assert info is not None
    assert info.connected is False
    desk.pass_time(600)
    desk.hands.close_position(LOGIN, ticket)
    assert mt5.positions_total() == 1
    assert mt5.symbol_info_tick("EURUSD") == tick
    sent(market_order("EURUSD", 0, 0.1), mt5.TRADE_RETCODE_CONNECTION)
    hands.plug(desk.folder, connected=True)
    assert mt5.positions_get() == ()
    newer = mt5.symbol_info_tick("EURUSD")
    assert newer != tick
    hands.plug(desk.folder, connected=False)
    desk.pass_time(600)
    assert mt5.positions_get() == ()
    assert mt5.symbol_info_tick("EURUSD") != tick


def test_a_terminal_that_is_gone_has_no_ipc(desk: World) -> None:
    (desk.folder / "terminal.json").rename(desk.folder / "gone.json")
    codes = []
    for _ in range(3):
        assert mt5.account_info() is None
        codes.append(mt5.last_error()[0])
    assert codes == [-10001, -10004, -10004]
