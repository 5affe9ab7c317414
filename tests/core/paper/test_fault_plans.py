"""Plans of misfortunes: data that names them all, by count, by chance or by lot, the same in any process."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.paper as mt5
from core.paper import hands
from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server import faults
from core.paper.server.faults import ANY, Fault, Kind
from core.paper.server.records import Account
from tests.core.paper.world import LOGIN, PASSWORD, World, market_order

UNPLUGGED, HOURS = mt5.TRADE_RETCODE_CONNECTION, 3_600.0

# What a broker and a terminal may do to an order, one by one: the fault, what the caller of
# order_send gets (a retcode, or the code of `last_error` where there is no answer), and the lots that exist
# once all is over.
NAMED: dict[str, tuple[Fault, int, float]] = {
    "request lost": (Fault(Kind.FAIL, code=mt5.RES_E_INTERNAL_FAIL_SEND), -10001, 0.0),
    "reply lost": (Fault(Kind.REPLY_LOST), -10002, 0.2),
    "late execution": (Fault(Kind.LATE, seconds=30.0), -10002, 0.2),
    "accepted, executed later": (Fault(Kind.PLACED, seconds=30.0), mt5.TRADE_RETCODE_PLACED, 0.2),
    "duplicated reply": (Fault(Kind.DUPLICATED), mt5.TRADE_RETCODE_DONE, 0.2),
    "partial fill": (Fault(Kind.PARTIAL, share=0.5), mt5.TRADE_RETCODE_DONE_PARTIAL, 0.1),
    "requote": (Fault(Kind.REJECT, retcode=mt5.TRADE_RETCODE_REQUOTE), mt5.TRADE_RETCODE_REQUOTE, 0.0),
    "market closed": (Fault(Kind.REJECT, retcode=10018), mt5.TRADE_RETCODE_MARKET_CLOSED, 0.0),
    "no money": (Fault(Kind.REJECT, retcode=10019), mt5.TRADE_RETCODE_NO_MONEY, 0.0),
    "invalid stops": (Fault(Kind.REJECT, retcode=10016), mt5.TRADE_RETCODE_INVALID_STOPS, 0.0),
    "no quotes": (Fault(Kind.QUOTES_OFF, symbol="BTCUSD"), mt5.TRADE_RETCODE_PRICE_OFF, 0.0),
    "None": (Fault(Kind.FAIL, code=mt5.RES_E_FAIL), -1, 0.0),
    "terminal disconnected": (Fault(Kind.LINK_DOWN), UNPLUGGED, 0.0),
    "terminal gone": (Fault(Kind.GONE, code=mt5.RES_E_INTERNAL_FAIL_SEND), -10001, 0.0),
    "terminal gone, executed": (Fault(Kind.GONE), -10002, 0.2),
    "terminal hung before": (Fault(Kind.HANG_BEFORE, seconds=0.01), -10001, 0.0),
    "terminal hung after": (Fault(Kind.HANG_EXECUTED, seconds=0.01), mt5.TRADE_RETCODE_DONE, 0.2),
    "terminal hung afterwards": (Fault(Kind.HANG_REPLIED, seconds=0.01), mt5.TRADE_RETCODE_DONE, 0.2),
    "latency": (Fault(Kind.LATENCY, seconds=0.01), mt5.TRADE_RETCODE_DONE, 0.2),
    "slippage": (Fault(Kind.SLIPPAGE, points=50), mt5.TRADE_RETCODE_DONE, 0.2),
    "frozen prices": (Fault(Kind.FROZEN, symbol="BTCUSD"), mt5.TRADE_RETCODE_DONE, 0.2),
    "history lag": (Fault(Kind.LAG, call="history_deals_get"), mt5.TRADE_RETCODE_DONE, 0.2),
    "comment stripped": (Fault(Kind.STRIPPED), mt5.TRADE_RETCODE_DONE, 0.2),
    "closed by hand": (Fault(Kind.CLOSED, call="positions_get"), mt5.TRADE_RETCODE_DONE, 0.0),
    "account switched": (Fault(Kind.SWITCHED, to=0), UNPLUGGED, 0.0),
    "Algo Trading pressed": (Fault(Kind.ALGO_OFF), mt5.TRADE_RETCODE_CLIENT_DISABLES_AT, 0.0),
    "clock +3 h": (Fault(Kind.CLOCK, seconds=3 * HOURS), mt5.TRADE_RETCODE_DONE, 0.2),
    "clock -3 h": (Fault(Kind.CLOCK, seconds=-3 * HOURS), mt5.TRADE_RETCODE_DONE, 0.2),
}


def test_the_list_names_every_kind() -> None:
    assert {fault.kind for fault, _, _ in NAMED.values()} == set(Kind)


@pytest.mark.parametrize("name", NAMED)
def test_every_misfortune_of_the_list_happens_once_and_passes(desk: World, name: str) -> None:
    fault, code, lots = NAMED[name]
    desk.hands.misfortune(*faults.from_json(faults.to_json([fault])))
    ioc = {"type_filling": mt5.ORDER_FILLING_IOC}
    result = mt5.order_send(market_order("BTCUSD", mt5.ORDER_TYPE_BUY, 0.2) | ioc)
    assert (mt5.last_error()[0] if result is None else result.retcode) == code
    desk.pass_time(60)
    mt5.positions_get()
    mt5.history_deals_get(1, 2**32 - 1)
    _all_is_well_again(desk)
    assert sum(position.volume for position in mt5.positions_get() or ()) == pytest.approx(lots)
    assert desk.hands.broker.book.faults("order_send") == []
    again = mt5.order_send(market_order("EURUSD", mt5.ORDER_TYPE_BUY, 0.1))
    assert again is not None
    assert again.retcode == mt5.TRADE_RETCODE_DONE


def _all_is_well_again(desk: World) -> None:
    """Whatever lasts is over, and the terminal is as at first."""
    for number, text, _ in desk.hands.broker.book.faults(ANY):
        assert [fault.kind in faults.LASTING for fault in faults.from_json(text)] == [True]
        desk.hands.broker.book.drop_fault(number)
    hands.press_algo_trading(desk.folder, on=True)
    assert desk.initialize(), mt5.last_error()


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Hangs that do not last: how long each would have blocked."""
    taken: list[float] = []
    monkeypatch.setattr(time, "sleep", taken.append)
    return taken


def _ann(path: str) -> Hands:
    person = Hands.on(path, MarketPlan(seed=7))
    person.open_account(Account(login=LOGIN, name="Ann"), PASSWORD, 10_000.0)
    return person


def _struck(person: Hands, calls: int) -> list[bool]:
    return [bool(faults.take(person.broker.book, "order_send", LOGIN)) for _ in range(calls)]


def test_chance_strikes_the_same_calls_in_any_book(world: World) -> None:
    fault = Fault(Kind.REJECT, chance=0.3, seed=11, skip=2, count=40)
    world.hands.misfortune(fault)
    other = _ann(":memory:chance")
    other.misfortune(fault)
    struck = _struck(world.hands, 50)
    assert struck == _struck(other, 50) == [fault.strikes(number) for number in range(50)]
    assert 5 <= sum(struck) <= 20
    assert not any(struck[:2] + struck[42:])
    other.close_book()


def test_a_plan_survives_the_process_that_made_it(world: World) -> None:
    world.hands.misfortune(Fault(Kind.REJECT, skip=3))
    assert _struck(world.hands, 2) == [False, False]
    again = Hands.on(world.book)
    assert _struck(again, 3) == [False, True, False]
    again.close_book()


@given(seed=st.integers(0, 2**32), number=st.integers(0, 20))
def test_a_drawn_plan_is_that_of_its_seed_and_goes_through_json(seed: int, number: int) -> None:
    plan = faults.drawn(seed, number)
    assert plan == faults.drawn(seed, number)
    assert len(plan) == number
    assert faults.from_json(faults.to_json(plan)) == plan
    assert all(fault.seconds <= 3.0 or fault.kind is Kind.CLOCK for fault in plan)


def test_every_kind_can_be_drawn_or_lasts() -> None:
    kinds = {fault.kind for fault in faults.drawn(1, 2_000)}
    assert set(Kind) - kinds == {Kind.SWITCHED}, "which needs another account"


@pytest.mark.parametrize(
    "text", ["[5]", "{}", '[{"kind": "nonsense"}]', '[{"kind": "fail", "nonsense": 1}]', "["]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        assert faults.from_json(text) is None


def test_any_drawn_plan_leaves_a_book_that_adds_up(naps: list[float], tmp_path: Path) -> None:
    for seed in range(12):
        person = _ann(f":memory:drawn-{seed}")
        folder = tmp_path / f"terminal-{seed}"
        hands.install_terminal(folder, f":memory:drawn-{seed}")
        person.misfortune(*faults.drawn(seed, 6))
        for number in range(20):
            if mt5.account_info() is None:
                mt5.initialize(str(folder), login=LOGIN, password=PASSWORD, timeout=0)
            mt5.order_send(market_order("EURUSD", number % 2, 0.1))
            mt5.positions_get()
            mt5.history_deals_get(1, 2**32 - 1)
        person.no_misfortunes()
        hands.press_algo_trading(folder, on=True)
        assert mt5.initialize(str(folder), login=LOGIN, password=PASSWORD, timeout=0)
        deals = person.broker.book.deals(LOGIN)
        paid = sum(deal.profit + deal.swap + deal.commission for deal in deals)
        assert person.broker.view(LOGIN).ledger.account.balance == pytest.approx(paid)
        mt5.shutdown()
        person.close_book()
