"""Margin and profit: the figures of the documentation, to the cent."""

import pytest

import core.paper as mt5
from core.paper.market.instruments import INSTRUMENTS, Instrument, forex
from core.paper.market.prices import Quote
from core.paper.server import money
from tests.core.paper.world import World, opened

EURUSD, GBPUSD, USDJPY = 1.0991, 1.2273, 108.483
OFFERED = {"EURUSD": EURUSD, "GBPUSD": GBPUSD, "USDJPY": USDJPY}


def _quotes(symbol: str) -> Quote | None:
    price = OFFERED.get(symbol)
    return Quote(symbol, 0, price, price) if price else None


def _pair(name: str) -> Instrument:
    return forex(name, name, 1.0, 0.5, 10, (0.0, 0.0), digits=3 if name.endswith("JPY") else 5)


@pytest.mark.parametrize(
    ("symbol", "price", "held"),
    [("EURUSD", EURUSD, 109.91), ("GBPUSD", GBPUSD, 122.73), ("USDJPY", USDJPY, 100.0),
     ("USDCHF", 0.99, 100.0), ("EURJPY", 119.2, 109.91), ("GBPJPY", 133.1, 122.73)],
)  # fmt: skip
def test_forex_margin_of_a_tenth_of_a_lot(symbol: str, price: float, held: float) -> None:
    assert money.margin(_pair(symbol), mt5.ORDER_TYPE_BUY, 0.1, price, 100, "USD", _quotes) == held


def test_cfd_margin_counts_the_price() -> None:
    gold = INSTRUMENTS["XAUUSD"]
    assert money.margin(gold, mt5.ORDER_TYPE_BUY, 0.5, 4_000.0, 100, "USD", _quotes) == 2_000.0
    assert money.margin(gold, mt5.ORDER_TYPE_BUY, 0.5, 4_000.0, 100, "EUR", _quotes) == 1_819.67


@pytest.mark.parametrize(
    ("symbol", "side", "opened_at", "closed_at", "gain"),
    [("EURUSD", 0, 1.1, 1.103, 300.0), ("EURUSD", 1, 1.1, 1.103, -300.0),
     ("USDJPY", 0, 108.183, 108.483, 276.54), ("USDJPY", 1, 108.179, 107.879, 278.09)],
)  # fmt: skip
def test_profit_of_300_points(
    symbol: str, side: int, opened_at: float, closed_at: float, gain: float
) -> None:
    assert money.profit(_pair(symbol), side, 1.0, opened_at, closed_at, "USD", _quotes) == gain


def test_a_currency_that_nothing_leads_to_is_refused() -> None:
    with pytest.raises(money.NoRate):
        money.rate("USD", "PLN", _quotes, buying=True)


def test_margin_level_of_the_documentation() -> None:
    assert money.Figures(profit=-45.23, equity=99_543.1, margin=54.37).level == pytest.approx(
        183_084.6, abs=0.1
    )


def test_account_identities_hold(desk: World) -> None:
    opened("EURUSD", 0)
    opened("USDJPY", 1, 0.2)
    opened("XAUUSD", 0, 0.01)
    account = mt5.account_info()
    assert account is not None
    assert account.equity == pytest.approx(account.balance + account.credit + account.profit, abs=0.005)
    assert account.margin_free == pytest.approx(account.equity - account.margin, abs=0.005)
    assert account.margin_level == pytest.approx(account.equity / account.margin * 100)
    assert account.balance == pytest.approx(10_000 - 3.5 * 0.31, abs=0.02)


def test_a_covered_position_holds_less_margin(desk: World) -> None:
    opened("EURUSD", 0, 1.0)
    alone = mt5.account_info()
    opened("EURUSD", 1, 1.0)
    covered = mt5.account_info()
    assert alone is not None
    assert covered is not None
    assert covered.margin == pytest.approx(alone.margin, rel=0.01)


def test_calculators_answer_through_the_module(desk: World) -> None:
    assert mt5.order_calc_margin(0, "EURUSD", 0.1, 1.0991) == 109.91
    assert mt5.order_calc_profit(0, "EURUSD", 1.0, 1.1, 1.103) == 300.0
    assert mt5.order_calc_profit(0, "USDJPY", 1.0, 150.0, 0.0) is None
    assert mt5.order_calc_margin(0, "NOPE", 0.1, 1.1) is None
