"""What the broker offers: kinds of symbols, and what symbol_info says of each of them."""

from collections.abc import Callable

import pytest

import core.paper as mt5
from core.mt5 import contract
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.specification import Instrument
from core.paper.server.records import Account
from tests.core.paper.world import World

WATCHED = ("EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "US30", "BTCUSD")
GTC, SPECIFIED = 1, 4


@pytest.fixture
def stood(desk: World) -> World:
    """The desk on a Wednesday afternoon that stands still, with every symbol in Market Watch."""
    desk.start_at(1_772_632_800)  # 2026-03-04 14:00 UTC
    desk.hands.set_speed(0)
    for symbol in INSTRUMENTS:
        assert mt5.symbol_select(symbol)
    return desk


@pytest.mark.parametrize(
    "kind",
    [
        lambda s: s.name.endswith(".r") and s.underlying == "EURUSD",
        lambda s: s.trade_mode == mt5.SYMBOL_TRADE_MODE_CLOSEONLY,
        lambda s: s.trade_mode == mt5.SYMBOL_TRADE_MODE_LONGONLY,
        lambda s: s.real_only,
        lambda s: s.execution == mt5.SYMBOL_TRADE_EXECUTION_INSTANT and s.filling_mode == 1,
        lambda s: s.execution == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE and s.filling_mode == 0,
        lambda s: s.filling_mode == 2,
        lambda s: s.stops_level > 0 and s.freeze_level > 0,
        lambda s: s.volume_limit > 0,
        lambda s: 0 < s.depth < s.volume_max,
        lambda s: s.profit not in ("USD", s.base) and s.calc_mode != mt5.SYMBOL_CALC_MODE_FOREX,
        lambda s: s.base == "USD" != s.profit,
        lambda s: not s.expiration_mode & GTC,
        lambda s: s.expiration_mode & GTC and not s.expiration_mode & SPECIFIED,
        lambda s: s.order_mode != 127,
        lambda s: s.triple_swap_day == mt5.DAY_OF_WEEK_FRIDAY,
        lambda s: s.volume_step == 1.0,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_FOREX,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_FUTURES and s.initial_margin > 0,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_CFD,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_CFDINDEX and s.tick_value > 0,
        lambda s: s.calc_mode == mt5.SYMBOL_CALC_MODE_CFDLEVERAGE,
    ],
)
def test_there_is_a_symbol_of_every_kind(kind: Callable[[Instrument], bool]) -> None:
    assert any(kind(spec) for spec in INSTRUMENTS.values())


def test_market_watch_begins_with_the_usual_six(desk: World) -> None:
    infos = mt5.symbols_get()
    assert infos
    assert tuple(info.name for info in infos)[:6] == WATCHED
    assert mt5.symbols_total() == len(infos) == len(INSTRUMENTS) >= 16
    assert tuple(info.name for info in infos if info.select) == WATCHED


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_symbol_info_says_what_the_contract_says(stood: World, symbol: str) -> None:
    spec, info = INSTRUMENTS[symbol], mt5.symbol_info(symbol)
    assert info is not None
    for name, kind in contract.SYMBOL_INFO:
        assert type(getattr(info, name)) is kind, name
    said = {
        "name": spec.name, "path": spec.path, "digits": spec.digits, "point": 10**-spec.digits,
        "trade_calc_mode": spec.calc_mode, "trade_mode": spec.trade_mode, "trade_exemode": spec.execution,
        "trade_stops_level": spec.stops_level, "trade_freeze_level": spec.freeze_level,
        "trade_contract_size": spec.contract_size, "filling_mode": spec.filling_mode,
        "order_mode": spec.order_mode, "expiration_mode": spec.expiration_mode,
        "volume_min": spec.volume_min, "volume_max": spec.volume_max, "volume_step": spec.volume_step,
        "volume_limit": spec.volume_limit, "margin_initial": spec.initial_margin,
        "swap_long": spec.swap_long, "swap_short": spec.swap_short,
        "swap_rollover3days": spec.triple_swap_day, "currency_base": spec.base,
        "currency_profit": spec.profit, "currency_margin": spec.margin, "select": True, "visible": True,
        "spread_float": True,
    }  # fmt: skip
    assert {name: getattr(info, name) for name in said} == pytest.approx(said)
    assert info.spread == round((info.ask - info.bid) / info.point)
    assert info.bidlow <= info.bid <= info.bidhigh
    assert info.session_open > 0 < info.session_close


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY"])
def test_a_tick_is_worth_what_one_lot_gains_by_it(stood: World, currency: str) -> None:
    stood.hands.open_account(Account(login=2_000, name="Eve", currency=currency), "pw-eve", 10_000.0)
    assert mt5.login(2_000, "pw-eve", "Paper-Demo")
    for info in mt5.symbols_get() or ():
        moved = info.bid + 100 * info.trade_tick_size
        gain = mt5.order_calc_profit(0, info.name, 100.0, info.bid, moved)
        assert gain is not None
        assert info.trade_tick_value * 100 * 100 == pytest.approx(gain, rel=0.02), info.name


def test_an_exchange_tells_last_prices_and_volumes(stood: World) -> None:
    oil, euro = mt5.symbol_info("USOIL"), mt5.symbol_info("EURUSD")
    assert oil is not None
    assert euro is not None
    assert (oil.last, oil.volume, oil.volume_real) == (oil.bid, 1, 1.0)
    assert (oil.lasthigh, oil.lastlow) == (oil.bidhigh, oil.bidlow)
    assert oil.session_deals == oil.session_volume > 1_000
    assert oil.trade_tick_value == 10.0
    assert oil.margin_initial == oil.margin_maintenance > 0
    assert (euro.last, euro.volume, euro.session_deals) == (0.0, 0, 0)


def test_a_symbol_out_of_market_watch_has_a_contract_and_no_prices(desk: World) -> None:
    info = mt5.symbol_info("USOIL")
    assert info is not None
    assert (info.select, info.visible, info.bid, info.time, info.trade_tick_value) == (
        False,
        False,
        0.0,
        0,
        0.0,
    )
    assert (info.trade_contract_size, info.expiration_mode) == (1_000.0, 10)
    assert mt5.symbol_info_tick("USOIL") is None


# -- the depth of market


def test_the_depth_must_be_asked_for_and_can_be_released(stood: World) -> None:
    assert mt5.market_book_get("XAGUSD") is None
    assert mt5.market_book_add("XAGUSD") is True
    assert mt5.market_book_get("XAGUSD")
    assert mt5.market_book_get("XAUUSD") is None
    assert mt5.market_book_release("XAGUSD") is True
    assert mt5.market_book_get("XAGUSD") is None
    mt5.market_book_add("XAGUSD")
    assert stood.initialize()
    assert mt5.market_book_get("XAGUSD") is None  # it was another connection


def test_the_depth_lies_around_the_quote_and_begins_with_the_lots_at_the_best_price(stood: World) -> None:
    for info in mt5.symbols_get() or ():
        mt5.market_book_add(info.name)
        book = mt5.market_book_get(info.name) or ()
        assert len(book) == 2 * info.ticks_bookdepth, info.name
        prices = [level.price for level in book]
        assert prices == sorted(set(prices), reverse=True), info.name
        offer = [level for level in book if level.type == mt5.BOOK_TYPE_SELL][-1]
        bid = next(level for level in book if level.type == mt5.BOOK_TYPE_BUY)
        assert (offer.price, bid.price) == (info.ask, info.bid), info.name
        assert offer.volume_dbl == bid.volume_dbl == pytest.approx(INSTRUMENTS[info.name].depth), info.name
        assert all(level.volume == int(level.volume_dbl) for level in book)


def test_a_closed_market_has_no_depth(desk: World) -> None:
    desk.start_at(1_772_884_800, always_open=False)  # a Saturday's noon
    mt5.market_book_add("EURUSD")
    mt5.market_book_add("BTCUSD")
    assert mt5.market_book_get("EURUSD") == ()
    assert mt5.market_book_get("BTCUSD")
