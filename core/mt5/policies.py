"""How much of an order must be filled at once, and until when a pending one waits: what a symbol takes.

The bits of a symbol's modes are not the values of the request's fields.
"""

from dataclasses import dataclass
from typing import Any, Final

from core.model.instruments import Instrument
from core.model.signals import OrderKind
from core.mt5 import contract as mt5

_DAY_S: Final = 86_400
_FILLING_BITS: Final = ((mt5.ORDER_FILLING_FOK, 1), (mt5.ORDER_FILLING_IOC, 2))
_LIFETIME_BITS: Final = {
    mt5.ORDER_TIME_GTC: 1,
    mt5.ORDER_TIME_DAY: 2,
    mt5.ORDER_TIME_SPECIFIED: 4,
    mt5.ORDER_TIME_SPECIFIED_DAY: 8,
}


def fillings(instrument: Instrument, kind: OrderKind) -> tuple[int, ...]:
    """ORDER_FILLING_* that the symbol takes for an order of this kind, the one to try first in front.

    RETURN under Exchange execution, and for limit orders under Market execution. Else FOK and IOC as the
    symbol allows them; FOK where it names none (Request and Instant execution set it themselves). Sources:
    Trade.mqh, the terminal's help on fill policies.
    """
    exchange = instrument.execution_mode == mt5.SYMBOL_TRADE_EXECUTION_EXCHANGE
    at_market = instrument.execution_mode == mt5.SYMBOL_TRADE_EXECUTION_MARKET
    returns = exchange or (at_market and kind is OrderKind.LIMIT)
    named = tuple(policy for policy, bit in _FILLING_BITS if instrument.filling_mode & bit)
    return (mt5.ORDER_FILLING_RETURN, *named) if returns else named or (mt5.ORDER_FILLING_FOK,)


def other_filling(instrument: Instrument, kind: OrderKind, used: int) -> int | None:
    """What to try after retcode 10030; None when the symbol takes nothing else."""
    return next((policy for policy in fillings(instrument, kind) if policy != used), None)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """ORDER_TIME_* and, where it names one, the end in the broker's own seconds."""

    kind: int = mt5.ORDER_TIME_GTC
    broker_s: int = 0

    def fields(self) -> dict[str, Any]:
        end = {"expiration": self.broker_s} if self.broker_s else {}
        return {"type_time": self.kind, **end}


GOOD_TILL_CANCELLED: Final = Lifetime()


def lifetime(instrument: Instrument, until_s: int, now_s: int) -> Lifetime:
    """The nearest that the symbol allows to an end at `until_s`, never sooner; both are broker time.

    The exact moment; else the end of that day; else, where neither is to be had, until it is cancelled.
    A symbol that takes orders of the day only gets one, however long it was to wait.
    """
    same_day = until_s // _DAY_S == now_s // _DAY_S
    wishes = (
        Lifetime(mt5.ORDER_TIME_SPECIFIED, until_s),
        Lifetime(mt5.ORDER_TIME_SPECIFIED_DAY, until_s),
        Lifetime(mt5.ORDER_TIME_DAY) if same_day else GOOD_TILL_CANCELLED,
        GOOD_TILL_CANCELLED,
    )
    allowed = (wish for wish in wishes if instrument.expiration_mode & _LIFETIME_BITS[wish.kind])
    return next(allowed, Lifetime(mt5.ORDER_TIME_DAY))
