"""What a trader may want to know before the tap: levels in pips and money, costs, what is at risk."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.desk import Desk
from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.instruments import Instrument
from core.model.mt5 import MT5AccountState
from core.model.risk import DrawdownState, Measure
from core.model.signals import Signal
from core.trading.cases import Case
from core.trading.market import Market, entry_of, look, margin_for, size_now
from core.trading.openrisk import total_of

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Level:
    """The stop or a target: how far from the entry, and what all lots make (or lose, below 0) there."""

    name: str
    price: Decimal
    pips: Decimal
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class Left:
    """How much more an account may lose until its guard closes everything, by the nearer of its limits."""

    measure: Measure
    percent: Decimal
    limit: Decimal
    money: Decimal


@dataclass(frozen=True, slots=True)
class Details:
    """Of one card at one moment, money in the currency of the `account`.

    `lots` and what follows from them are None while the size cannot be worked out. `open_risk` is what all
    stops of what is open would cost, without the `bare` ones that have none; `most_percent` of equity the
    trader allows.
    """

    account: MT5AccountState
    entry: Decimal
    spread_pips: Decimal
    spread_cost: Decimal | None
    levels: tuple[Level, ...]
    lots: Decimal | None
    margin: Decimal | None
    open_risk: Decimal
    most_percent: Decimal
    bare: int
    left: Left | None


async def details_of(desk: Desk, case: Case) -> Details:
    """All of it now. Raises TerminalError when the account cannot be read."""
    market = await look(desk, case.account, case.signal)
    lots = _lots(case, market)
    margin = await margin_for(desk, case.account, case.signal, market, lots) if lots else None
    entry, instrument = entry_of(case.signal, market), market.instrument
    spread = market.quote.ask - market.quote.bid
    return Details(
        account=market.snapshot.account,
        entry=entry,
        spread_pips=instrument.pips(spread),
        spread_cost=_money(instrument, spread, lots),
        levels=tuple(_levels(case.signal, entry, instrument, lots)),
        lots=lots,
        margin=margin,
        open_risk=total_of(market.stakes),
        most_percent=case.account.policy.max_open_risk_percent,
        bare=sum(stake.risk is None for stake in market.stakes),
        left=await _left(desk, case),
    )


def _lots(case: Case, market: Market) -> Decimal | None:
    """Those that the card shows, else those of now."""
    if case.approval.lots is not None:
        return case.approval.lots
    try:
        return size_now(case.account, case.signal, market, case.approval.factor).lots
    except Refused:
        return None


def _money(instrument: Instrument, distance: Decimal, lots: Decimal | None) -> Decimal | None:
    return (instrument.loss_per_lot(distance) * lots).quantize(_CENT) if lots else None


def _levels(signal: Signal, entry: Decimal, instrument: Instrument, lots: Decimal | None) -> Iterator[Level]:
    named = [] if signal.stop_loss is None else [("SL", signal.stop_loss)]
    named += [(f"TP{number}", price) for number, price in enumerate(signal.take_profits, start=1)]
    for name, price in named:
        gain = (price - entry) * signal.side.sign
        money = _money(instrument, gain, lots)
        yield Level(name, price, instrument.pips(gain), money if money is None or gain >= 0 else -money)


async def _left(desk: Desk, case: Case) -> Left | None:
    """None before the guard has seen the account."""
    state = desk.board.drawdowns.get(case.account.id)
    if state is None:
        async with desk.store.read() as tx:
            state = await tx.drawdowns.get(case.account.id)
    return None if state is None else left_of(case.account.policy, state)


def left_of(policy: RiskPolicy, state: DrawdownState) -> Left:
    """By the drawdown, or by the loss of the day where that limit is nearer."""
    limit = policy.drawdown_limit_percent
    found = Left(Measure.DRAWDOWN, state.percent, limit, _rest(state.reference, limit, state.drawdown))
    if policy.daily_loss_percent is None:
        return found
    limit, day_start = policy.daily_loss_percent, state.day_start or state.equity
    daily = Left(Measure.DAILY, state.daily_percent, limit, _rest(day_start, limit, state.daily_loss))
    return min(found, daily, key=lambda left: left.money)


def _rest(reference: Decimal, limit: Decimal, lost: Decimal) -> Decimal:
    return max(reference * limit / 100 - lost, Decimal(0)).quantize(_CENT)
