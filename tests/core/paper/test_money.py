"""Margin and profit: the figures of the documentation to the cent, and the formulas against an oracle."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.paper as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.pairs import forex
from core.paper.market.quotes import Quote
from core.paper.market.specification import Instrument
from core.paper.server import money
from tests.core.paper.scenes import offer, quote, sign_in, sign_in_netting
from tests.core.paper.world import World, market_order, opened, sent

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


def test_margin_of_the_other_kinds_of_contracts() -> None:
    index = replace(INSTRUMENTS["US30"], contract_size=10.0)
    kinds = {
        mt5.SYMBOL_CALC_MODE_CFD: 80_000.0,  # 0.2 x 10 x 40,000
        mt5.SYMBOL_CALC_MODE_CFDLEVERAGE: 800.0,
        mt5.SYMBOL_CALC_MODE_CFDINDEX: 400_000.0,  # x 2.5 / 0.5
        mt5.SYMBOL_CALC_MODE_FUTURES: 2_400.0,  # 0.2 x 12,000
        mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE: 2.0,  # of the margin currency
        mt5.SYMBOL_CALC_MODE_FOREX: 0.02,
    }
    for mode, held in kinds.items():
        spec = replace(index, calc_mode=mode, tick_size=0.5, tick_value=2.5, initial_margin=12_000.0)
        assert money.margin(spec, mt5.ORDER_TYPE_BUY, 0.2, 40_000.0, 100, "USD", _quotes) == held
    in_euro = replace(index, calc_mode=mt5.SYMBOL_CALC_MODE_FUTURES, initial_margin=12_000.0, margin="EUR")
    assert money.margin(in_euro, mt5.ORDER_TYPE_BUY, 0.2, 1.0, 100, "USD", _quotes) == 2_637.84


def test_profit_of_futures_goes_by_their_ticks() -> None:
    spec = replace(
        INSTRUMENTS["US30"], calc_mode=mt5.SYMBOL_CALC_MODE_FUTURES, tick_size=0.25, tick_value=12.5
    )
    assert money.profit(spec, mt5.ORDER_TYPE_BUY, 3.0, 5_000.0, 5_001.5, "USD", _quotes) == 225.0
    assert money.profit(spec, mt5.ORDER_TYPE_SELL, 3.0, 5_000.0, 5_001.5, "USD", _quotes) == -225.0
    assert money.tick_value(spec, Quote("F", 0, 5_000.0, 5_000.0), "USD", _quotes) == 12.5


# -- the oracle: the same formulas over fractions, conversion by search

CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF")
MODES = (
    mt5.SYMBOL_CALC_MODE_FOREX, mt5.SYMBOL_CALC_MODE_FUTURES, mt5.SYMBOL_CALC_MODE_CFD,
    mt5.SYMBOL_CALC_MODE_CFDINDEX, mt5.SYMBOL_CALC_MODE_CFDLEVERAGE, mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE,
)  # fmt: skip
prices = st.integers(2_000, 3_000_000).map(lambda points: points / 1_000)
lots = st.integers(1, 5_000).map(lambda hundredths: hundredths / 100)


@st.composite
def markets(draw: st.DrawFn) -> dict[str, Quote]:
    """Quotes that lead from every currency to dollars, this or that way round, and some crosses."""
    names = [draw(st.sampled_from([f"{code}USD", f"USD{code}"])) for code in CURRENCIES[1:]]
    names += draw(st.sampled_from([[], ["EURJPY"], ["GBPEUR", "CHFJPY"]]))
    quotes = {}
    for name in names:
        bid = draw(st.integers(200, 300_000)) / 1_000
        quotes[name] = Quote(name, 0, bid, bid + draw(st.integers(0, 50)) / 1_000)
    return quotes


@st.composite
def contracts(draw: st.DrawFn) -> Instrument:
    base, profit = draw(st.permutations(CURRENCIES))[:2]
    mode = draw(st.sampled_from(MODES))
    return replace(
        forex(base + profit, "", 1.0, 0.5, 10, (0.0, 0.0)), calc_mode=mode,
        contract_size=draw(st.sampled_from([1.0, 10.0, 100_000.0])),
        margin=base if mode in (0, 5) else draw(st.sampled_from([base, profit])),
        initial_margin=draw(st.sampled_from([250.0, 12_000.0])),
        tick_size=draw(st.sampled_from([0.25, 0.5])), tick_value=draw(st.sampled_from([1.25, 12.5])),
    )  # fmt: skip


def _one_for(source: str, target: str, quotes: dict[str, Quote], *, buying: bool) -> Fraction:
    """What one unit of a currency is worth: bought at the ask and sold at the bid, by dollars if need be."""
    if source == target:
        return Fraction(1)
    for name, inverse in ((source + target, False), (target + source, True)):
        if name in quotes:
            at_ask = buying is not inverse
            price = Fraction(quotes[name].ask if at_ask else quotes[name].bid)
            return 1 / price if inverse else price
    by_dollar = (
        _one_for(source, "USD", quotes, buying=buying),
        _one_for("USD", target, quotes, buying=buying),
    )
    return by_dollar[0] * by_dollar[1]


@given(markets(), contracts(), lots, prices, st.sampled_from([1, 30, 500]), st.booleans(), st.data())
def test_margin_is_what_the_formulas_say(
    quotes: dict[str, Quote],
    spec: Instrument,
    volume: float,
    price: float,
    leverage: int,
    sells: bool,
    data: st.DataObject,
) -> None:
    deposit = data.draw(st.sampled_from(CURRENCIES))
    size, at = Fraction(volume) * Fraction(spec.contract_size), Fraction(price)
    ticks = Fraction(spec.tick_value) / Fraction(spec.tick_size)
    amount, currency = {
        mt5.SYMBOL_CALC_MODE_FOREX: (size / leverage, spec.margin),
        mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE: (size, spec.margin),
        mt5.SYMBOL_CALC_MODE_CFD: (size * at, spec.profit),
        mt5.SYMBOL_CALC_MODE_CFDLEVERAGE: (size * at / leverage, spec.profit),
        mt5.SYMBOL_CALC_MODE_CFDINDEX: (size * at * ticks, spec.profit),
        mt5.SYMBOL_CALC_MODE_FUTURES: (Fraction(volume) * Fraction(spec.initial_margin), spec.margin),
    }[spec.calc_mode]
    by_own_price = spec.calc_mode in (0, 5) and spec.profit == deposit
    rate = at if by_own_price else _one_for(currency, deposit, quotes, buying=not sells)
    held = money.margin(spec, int(sells), volume, price, leverage, deposit, quotes.get)
    assert held == pytest.approx(float(amount * rate), rel=1e-12, abs=0.00501)


@given(markets(), contracts(), lots, prices, prices, st.booleans(), st.sampled_from(CURRENCIES))
def test_profit_is_what_the_formulas_say(
    quotes: dict[str, Quote],
    spec: Instrument,
    volume: float,
    opened_at: float,
    closed_at: float,
    sells: bool,
    deposit: str,
) -> None:
    futures = spec.calc_mode == mt5.SYMBOL_CALC_MODE_FUTURES
    per_lot = (
        Fraction(spec.tick_value) / Fraction(spec.tick_size) if futures else Fraction(spec.contract_size)
    )
    raw = (Fraction(closed_at) - Fraction(opened_at)) * per_lot * Fraction(volume) * (-1 if sells else 1)
    if spec.base == deposit and spec.calc_mode in (0, 5):
        expected = raw / Fraction(closed_at)
    else:
        expected = raw * _one_for(spec.profit, deposit, quotes, buying=raw < 0)
    gain = money.profit(spec, int(sells), volume, opened_at, closed_at, deposit, quotes.get)
    assert gain == pytest.approx(float(expected), rel=1e-9, abs=0.00501)


# -- through the module


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


def test_lots_that_cover_one_another_hold_half_each(desk: World) -> None:
    """Two lots long, one short: one lot stands alone, the others hold their halves, each at its own price."""
    sign_in(desk, deposit=20_000.0)
    buys = [sent(market_order("EURUSD", 0, 1.0)).price for _ in range(2)]
    sell = sent(market_order("EURUSD", 1, 1.0)).price
    account = mt5.account_info()
    assert account is not None
    lot = sum(buys) / 2 * 1_000
    assert account.margin == pytest.approx(lot + lot / 2 + sell * 1_000 / 2, abs=0.02)


def test_a_netted_position_holds_the_margin_of_its_volume(desk: World) -> None:
    sign_in_netting(desk)
    opened("EURUSD", 0, 1.0)
    opened("EURUSD", 1, 0.4)
    account, (position,) = mt5.account_info(), mt5.positions_get() or ()
    assert account is not None
    assert account.margin == pytest.approx(600 * position.price_open, abs=0.02)


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "GBP"])
def test_an_account_in_any_currency_agrees_with_the_calculators(desk: World, currency: str) -> None:
    sign_in(desk, deposit=9_000_000.0, currency=currency, commission_per_lot=0.0)
    result = sent(market_order("GBPUSD", 0, 1.0))
    account, (position,) = mt5.account_info(), mt5.positions_get() or ()
    assert account is not None
    foretold = mt5.order_calc_margin(0, "GBPUSD", 1.0, result.price)
    assert account.margin == pytest.approx(foretold, rel=0.001)
    closing = mt5.order_calc_profit(0, "GBPUSD", 1.0, result.price, position.price_current)
    assert position.profit == pytest.approx(closing, rel=0.01, abs=0.02)


def test_calculators_know_every_kind_of_contract(desk: World) -> None:
    assert mt5.order_calc_margin(1, "FUT", 2.0, 5_000.0) == 2_400.0
    assert mt5.order_calc_profit(1, "FUT", 2.0, 5_000.0, 4_999.5) == 50.0
    assert quote("FUT").ask > 0


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(
        monkeypatch, "FUT", like="US30", calc_mode=mt5.SYMBOL_CALC_MODE_FUTURES, initial_margin=1_200.0,
        tick_size=0.5, tick_value=25.0,
    )  # fmt: skip
