"""Instruments under the names that brokers give them."""

from typing import Any

import pytest

from core.model.symbols import listing_masks, matching
from core.mt5.errors import NoData, WrongAccount
from core.mt5.session import Session
from tests.fakes.bent_terminal import ANOTHER, OURS, BentTerminal

DISABLED, CLOSE_ONLY = {"trade_mode": 0}, {"trade_mode": 3}
FULL: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("instrument", "symbols"),
    [
        ("EURUSD", ["EURUSD", "EURUSD.m", "EURUSDm", "mEURUSD", "EURUSD-ECN", "EURUSD_i"]),
        ("EURUSD", ["EURUSD.", "EURUSD+", "EURUSDmicro", "EURUSD.pro", "EURUSDECN", "#EURUSD", "fx_EURUSD"]),
        ("XAUUSD", ["XAUUSD", "GOLD", "Gold", "GOLDm", "GOLD.a", "XAUUSD.raw"]),
        ("GOLD", ["XAUUSD", "GOLDmicro"]),
        ("US30", ["#US30", ".US30Cash", "DJ30", "WS30.f", "US30CASH"]),
        ("US100", ["USTEC", "NAS100.i", "NDX100"]),
        ("DE40", ["GER40", "DAX40Cash", "DE30"]),
        ("UKOIL", ["BRENT", "BRENT.c", "XBRUSD"]),
    ],
)  # fmt: skip
def test_these_may_be_it(instrument: str, symbols: list[str]) -> None:
    assert list(matching(instrument, symbols)) == symbols


@pytest.mark.parametrize(
    ("instrument", "symbols"),
    [
        ("EURUSD", ["EURUSDT", "XEURUSD", "EURUS", "EURUSD1", "EURGBP", "", "EURUSD.DEC26"]),
        ("XAUUSD", ["XAUEUR", "Goldman", "GOLDMAN", "MARIGOLD", "XAGUSD", "GOLD-12.26"]),
        ("US30", ["US300", "US3", "US500", "AUS30"]),
        ("BTCUSD", ["BTCUSDT", "BTCEUR", "WBTCUSD"]),
    ],
)
def test_these_are_something_else(instrument: str, symbols: list[str]) -> None:
    assert matching(instrument, symbols) == ()


def test_the_listing_is_asked_for_all_that_may_match() -> None:
    assert listing_masks("XAUUSD").startswith("*XAUUSD*,*xauusd*,*Xauusd*,*GOLD*,*gold*,*Gold*")


@pytest.mark.parametrize(
    ("broker", "instrument", "symbol"),
    [
        ({"EURUSD": FULL, "EURUSD.m": FULL}, "EURUSD", "EURUSD"),
        ({"EURUSD": DISABLED, "EURUSD.m": FULL}, "EURUSD", "EURUSD.m"),
        ({"EURUSD": CLOSE_ONLY, "EURUSD.m": DISABLED}, "EURUSD", "EURUSD"),
        ({"EURUSD.a": DISABLED, "EURUSD.m": {"trade_mode": 1}}, "EURUSD", "EURUSD.m"),
        ({"EURUSD.a": DISABLED, "GBPUSD": FULL}, "EURUSD", "EURUSD.a"),
        ({"GOLD": FULL, "SILVER": FULL}, "XAUUSD", "GOLD"),
        ({"USTEC": FULL, "US30Cash": FULL}, "US30", "US30Cash"),
    ],
)
async def test_one_symbol_is_found(
    session: Session, module: BentTerminal, broker: dict[str, Any], instrument: str, symbol: str
) -> None:
    module.symbols = broker
    assert await session.find_symbol(instrument) == symbol


@pytest.mark.parametrize(
    ("broker", "words"),
    [
        ({"EURUSD.a": FULL, "EURUSD.m": FULL, "EURUSD.x": DISABLED}, "may be EURUSD: EURUSD.a, EURUSD.m."),
        ({"EURUSD": DISABLED, "EURUSD.a": FULL, "EURUSD.m": FULL}, "EURUSD.a, EURUSD.m."),
        ({"EURUSD.a": DISABLED, "EURUSD.m": DISABLED}, "EURUSD.a, EURUSD.m."),
        ({"GBPUSD": FULL}, "has no symbol for EURUSD"),
    ],
)  # fmt: skip
async def test_none_or_several_are_told_and_never_guessed(
    session: Session, module: BentTerminal, broker: dict[str, Any], words: str
) -> None:
    module.symbols = broker
    with pytest.raises(NoData, match=words) as told:
        await session.find_symbol("EURUSD")
    assert told.value.for_trader == told.value.detail


async def test_the_broker_is_asked_once_for_a_connection(session: Session, module: BentTerminal) -> None:
    module.symbols = {"EURUSD.m": FULL}
    await session.find_symbol("EURUSD")
    module.calls.clear()
    assert await session.find_symbol("EURUSD") == "EURUSD.m"
    assert not module.calls
    module.account = dict(ANOTHER)
    with pytest.raises(WrongAccount):
        await session.account()
    module.account, module.symbols = dict(OURS), {"EURUSD": FULL}
    assert await session.find_symbol("EURUSD") == "EURUSD"
