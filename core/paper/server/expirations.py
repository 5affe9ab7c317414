"""How long a pending order lives, by its time policy. Broker time, in seconds of the epoch."""

from core.mt5 import contract as mt5
from core.paper.server.requests import Request

_DAY = 86_400


def expiration(request: Request, now_msc: int) -> int:
    """When the order ends; 0 for never. DAY and SPECIFIED_DAY last until their broker day is over."""
    if request.type_time == mt5.ORDER_TIME_DAY:
        return (now_msc // 1000 // _DAY + 1) * _DAY
    if request.type_time == mt5.ORDER_TIME_SPECIFIED_DAY:
        return (request.expiration // _DAY + 1) * _DAY
    return request.expiration if request.type_time == mt5.ORDER_TIME_SPECIFIED else 0


def acceptable(request: Request, expiration_mode: int, now_msc: int) -> bool:
    """Whether a symbol offers the policy (a bit of `expiration_mode`) and the end is still ahead."""
    offered = request.type_time <= mt5.ORDER_TIME_SPECIFIED_DAY and expiration_mode >> request.type_time & 1
    ends = expiration(request, now_msc)
    timed = request.type_time >= mt5.ORDER_TIME_SPECIFIED
    return bool(offered) and (ends * 1000 > now_msc if timed else True)
