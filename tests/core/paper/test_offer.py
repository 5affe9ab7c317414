"""Every instrument on offer, traded by its own rules from opening to close."""

from typing import Any

import pytest

import core.paper as mt5
from core.paper.market.instruments import INSTRUMENTS
from core.paper.market.specification import FOK, IOC, Instrument
from tests.core.paper.scenes import NOON, account, deals, orders, positions, quote, sign_in, sign_in_netting
from tests.core.paper.world import World, sent

BUY, SELL = mt5.ORDER_TYPE_BUY, mt5.ORDER_TYPE_SELL
DONE = mt5.TRADE_RETCODE_DONE
REFUSALS = {
    mt5.SYMBOL_TRADE_MODE_LONGONLY: {SELL: mt5.TRADE_RETCODE_LONG_ONLY},
    mt5.SYMBOL_TRADE_MODE_SHORTONLY: {BUY: mt5.TRADE_RETCODE_SHORT_ONLY},
    mt5.SYMBOL_TRADE_MODE_CLOSEONLY: dict.fromkeys((BUY, SELL), mt5.TRADE_RETCODE_CLOSE_ONLY),
}
OFFER = tuple(INSTRUMENTS.values())
each = pytest.mark.parametrize("spec", OFFER, ids=lambda spec: spec.name)


@pytest.fixture
def rich(desk: World) -> World:
    """A real account with plenty of money, on a Wednesday at noon."""
    desk.start_at(NOON)
    sign_in(desk, deposit=1e7, trade_mode=mt5.ACCOUNT_TRADE_MODE_REAL, commission_per_lot=0.0)
    return desk


def _filling(spec: Instrument) -> int:
    if spec.filling_mode & FOK:
        return mt5.ORDER_FILLING_FOK
    return mt5.ORDER_FILLING_IOC if spec.filling_mode & IOC else mt5.ORDER_FILLING_RETURN


def _deal(spec: Instrument, side: int, volume: float, **fields: Any) -> dict[str, Any]:
    tick = quote(spec.name)
    return {
        "action": mt5.TRADE_ACTION_DEAL, "symbol": spec.name, "type": side, "volume": volume,
        "price": tick.ask if side == BUY else tick.bid, "deviation": 1_000, "type_filling": _filling(spec),
        **fields,
    }  # fmt: skip


def _time_policy(spec: Instrument) -> dict[str, int]:
    """The first policy that the symbol offers, with an end where it needs one."""
    policy = next(policy for policy in range(4) if spec.expiration_mode >> policy & 1)
    ends = quote(spec.name).time + 86_400 if policy >= mt5.ORDER_TIME_SPECIFIED else 0
    return {"type_time": policy, "expiration": ends}


@each
@pytest.mark.parametrize("side", [BUY, SELL])
def test_it_is_opened_held_over_night_and_closed(rich: World, spec: Instrument, side: int) -> None:
    volume = round(spec.volume_min + spec.volume_step, 8)
    refusal = REFUSALS.get(spec.trade_mode, {}).get(side, DONE)
    result = sent(_deal(spec, side, volume), refusal)
    if refusal != DONE:
        return
    (position,) = positions()
    foretold = mt5.order_calc_margin(side, spec.name, volume, result.price)
    assert account().margin == pytest.approx(foretold, rel=0.001, abs=0.02)
    assert foretold
    rich.pass_time(86_400)
    (position,) = positions()
    assert bool(position.swap) == bool(spec.swap_long if side == BUY else spec.swap_short)
    gain = mt5.order_calc_profit(side, spec.name, volume, position.price_open, position.price_current)
    assert position.profit == pytest.approx(gain, abs=0.02 + abs(position.profit) / 100)
    sent(_deal(spec, 1 - side, spec.volume_min, position=position.ticket))
    sent(_deal(spec, 1 - side, spec.volume_step, position=position.ticket))
    assert positions() == ()
    assert account().balance == pytest.approx(1e7 + sum(d.profit + d.swap for d in deals()), abs=0.01)


@each
def test_a_limit_order_waits_and_is_removed(rich: World, spec: Instrument) -> None:
    side = SELL if spec.trade_mode == mt5.SYMBOL_TRADE_MODE_SHORTONLY else BUY
    away = quote(spec.name).bid * (0.9 if side == BUY else 1.1)
    grid = spec.tick_size or spec.point
    request = {
        "action": mt5.TRADE_ACTION_PENDING, "symbol": spec.name, "type": mt5.ORDER_TYPE_BUY_LIMIT + side,
        "volume": spec.volume_min, "price": round(round(away / grid) * grid, spec.digits),
        "type_filling": mt5.ORDER_FILLING_RETURN, **_time_policy(spec),
    }  # fmt: skip
    result = mt5.order_send(request)
    assert result is not None
    refusal = REFUSALS.get(spec.trade_mode, {}).get(side)
    assert result.retcode in ((refusal,) if refusal else (DONE, mt5.TRADE_RETCODE_PLACED))
    if not refusal:
        assert [order.ticket for order in orders()] == [result.order]
        sent({"action": mt5.TRADE_ACTION_REMOVE, "order": result.order})
    assert orders() == ()


@pytest.mark.parametrize(
    "spec", [spec for spec in OFFER if spec.trade_mode not in REFUSALS], ids=lambda spec: spec.name
)
def test_it_is_netted_and_reversed(desk: World, spec: Instrument) -> None:
    desk.start_at(NOON)
    sign_in_netting(desk, deposit=1e7, trade_mode=mt5.ACCOUNT_TRADE_MODE_REAL)
    first = sent(_deal(spec, BUY, spec.volume_min)).order
    sent(_deal(spec, SELL, round(2 * spec.volume_min + spec.volume_step, 8)))
    (position,) = positions()
    assert (position.type, position.identifier) == (SELL, first)
    assert position.volume == round(spec.volume_min + spec.volume_step, 8)
