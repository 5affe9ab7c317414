"""From the terminal's structs (as dicts) to the model: exact numbers, aware UTC, None for an unset stop."""

import math
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.model.instruments import Instrument, Side
from core.model.mt5 import (
    Bar,
    CheckResult,
    DealEntry,
    MT5AccountState,
    MT5Deal,
    MT5Order,
    MT5Position,
    Quote,
    SendResult,
)
from core.mt5.brokertime import BrokerTime
from core.mt5.calls import Rows
from core.mt5.errors import NoData

Struct = Mapping[str, Any]

_NOISE_DIGITS = 8
_CLEAN_CHARS = 10
"""A number of a usual size that prints as short as this has no noise: at most eight decimals."""


def exact(number: float) -> Decimal:
    """A price, volume or sum as it is meant, without the noise of binary fractions. Raises NoData for NaN."""
    if 1e-4 <= abs(number) < 1e9 and len(text := repr(number)) <= _CLEAN_CHARS:
        return Decimal(text)
    if not math.isfinite(number):
        raise NoData(
            f"the terminal reports {number} for a number",
            for_trader="The terminal shows something that is no number.",
        )
    return Decimal(repr(round(number, _NOISE_DIGITS)))


def level(number: float) -> Decimal | None:
    """A stop or target; the terminal writes 0 for none."""
    return exact(number) if number else None


def side(kind: int) -> Side:
    """POSITION_TYPE_*, and ORDER_TYPE_* and DEAL_TYPE_* of plain trades: even buys, odd sells."""
    return Side.SELL if kind % 2 else Side.BUY


def position(struct: Struct, time: BrokerTime) -> MT5Position:
    return MT5Position(
        ticket=struct["ticket"],
        identifier=struct["identifier"],
        symbol=struct["symbol"],
        side=side(struct["type"]),
        volume=exact(struct["volume"]),
        price_open=exact(struct["price_open"]),
        price_current=exact(struct["price_current"]),
        stop_loss=level(struct["sl"]),
        take_profit=level(struct["tp"]),
        profit=exact(struct["profit"]),
        swap=exact(struct["swap"]),
        magic=struct["magic"],
        comment=struct["comment"],
        opened_at=time.from_seconds(struct["time_msc"] / 1000),
        updated_at=time.from_seconds(struct["time_update_msc"] / 1000),
        reason=struct["reason"],
    )


def order(struct: Struct, time: BrokerTime) -> MT5Order:
    return MT5Order(
        ticket=struct["ticket"],
        position_id=struct["position_id"],
        symbol=struct["symbol"],
        type=struct["type"],
        state=struct["state"],
        volume_initial=exact(struct["volume_initial"]),
        volume_current=exact(struct["volume_current"]),
        price_open=exact(struct["price_open"]),
        stop_loss=level(struct["sl"]),
        take_profit=level(struct["tp"]),
        magic=struct["magic"],
        comment=struct["comment"],
        setup_at=time.from_seconds(struct["time_setup_msc"] / 1000),
        done_at=time.from_seconds(struct["time_done_msc"] / 1000) if struct["time_done_msc"] else None,
        reason=struct["reason"],
        expires_at=time.from_seconds(struct["time_expiration"]) if struct["time_expiration"] else None,
    )


def deal(struct: Struct, time: BrokerTime) -> MT5Deal:
    return MT5Deal(
        ticket=struct["ticket"],
        order=struct["order"],
        position_id=struct["position_id"],
        symbol=struct["symbol"],
        type=struct["type"],
        entry=DealEntry(struct["entry"]),
        reason=struct["reason"],
        volume=exact(struct["volume"]),
        price=exact(struct["price"]),
        profit=exact(struct["profit"]),
        commission=exact(struct["commission"]),
        swap=exact(struct["swap"]),
        fee=exact(struct["fee"]),
        magic=struct["magic"],
        comment=struct["comment"],
        at=time.from_seconds(struct["time_msc"] / 1000),
    )


def account(info: Struct, terminal: Struct, read_at: datetime) -> MT5AccountState:
    """`account_info` and `terminal_info` of one round trip."""
    return MT5AccountState(
        login=info["login"],
        server=info["server"],
        name=info["name"],
        currency=info["currency"],
        leverage=info["leverage"],
        trade_mode=info["trade_mode"],
        margin_mode=info["margin_mode"],
        fifo_close=info["fifo_close"],
        balance=exact(info["balance"]),
        credit=exact(info["credit"]),
        equity=exact(info["equity"]),
        profit=exact(info["profit"]),
        margin=exact(info["margin"]),
        margin_free=exact(info["margin_free"]),
        trade_allowed=info["trade_allowed"],
        trade_expert=info["trade_expert"],
        terminal_trade_allowed=terminal["trade_allowed"],
        tradeapi_disabled=terminal["tradeapi_disabled"],
        ping_us=terminal["ping_last"],
        build=terminal["build"],
        read_at=read_at,
    )


def quote(symbol: str, tick: Struct, time: BrokerTime, read_at: datetime) -> Quote:
    at = time.from_seconds(tick["time_msc"] / 1000)
    return Quote(symbol, exact(tick["bid"]), exact(tick["ask"]), at, read_at)


def instrument(info: Struct) -> Instrument:
    """`symbol_info`; the value of a tick is the one for losses, which is what sizing asks for.

    Raises NoData for a contract without steps of price or volume: a terminal that does not know it yet.
    """
    if not all(info[name] > 0 for name in ("point", "volume_min", "volume_step")):
        raise NoData(f"the terminal tells no contract of {info['name']}")
    return Instrument(
        symbol=info["name"],
        digits=info["digits"],
        point=exact(info["point"]),
        tick_size=exact(info["trade_tick_size"]) or exact(info["point"]),
        tick_value=exact(info["trade_tick_value_loss"] or info["trade_tick_value"]),
        contract_size=exact(info["trade_contract_size"]),
        volume_min=exact(info["volume_min"]),
        volume_max=exact(info["volume_max"]),
        volume_step=exact(info["volume_step"]),
        stops_level_points=info["trade_stops_level"],
        freeze_level_points=info["trade_freeze_level"],
        filling_mode=info["filling_mode"],
        execution_mode=info["trade_exemode"],
        trade_mode=info["trade_mode"],
        description=info["description"],
        order_mode=info["order_mode"],
        expiration_mode=info["expiration_mode"],
        volume_limit=exact(info["volume_limit"]),
        base=info["currency_base"],
        profit=info["currency_profit"],
    )


def bars(rows: Rows, time: BrokerTime) -> tuple[Bar, ...]:
    """Rows of `copy_rates_*`, oldest first."""
    return tuple(
        Bar(time.from_seconds(at), opened, high, low, close, volume)
        for at, opened, high, low, close, volume, *_ in rows
    )


def send_result(struct: Struct) -> SendResult:
    return SendResult(
        retcode=struct["retcode"],
        order=struct["order"],
        deal=struct["deal"],
        volume=exact(struct["volume"]),
        price=exact(struct["price"]),
        comment=struct["comment"],
    )


def check_result(struct: Struct, account: Struct) -> CheckResult:
    """`order_check` and the `account_info` of the same round trip."""
    return CheckResult(
        retcode=struct["retcode"],
        equity=exact(struct["equity"]),
        margin=exact(struct["margin"]),
        margin_free=exact(struct["margin_free"]),
        comment=struct["comment"],
        needed=max(exact(struct["margin"]) - exact(account["margin"]), Decimal(0)),
        free=exact(account["margin_free"]),
        currency=account["currency"],
    )
