"""What an account stands to lose if every stop were hit now, and the trader's limit of it.

Money counts from the present price to the stop, because the limit is a share of equity, which holds the
present profit already: what a stop has locked in is at risk no less than what was paid in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.model.accounts import RiskPolicy
from core.model.errors import Refused
from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Order, MT5Position
from core.model.trades import Intent, IntentKind
from core.mt5 import reading
from core.mt5.session import Session
from core.trading.sizing import Size

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Stake:
    """What is open or waits to be: `risk` is its loss at the stop, None without a stop."""

    symbol: str
    side: Side
    lots: Decimal
    risk: Decimal | None
    magic: int


async def stakes_of(session: Session, snapshot: MT5AccountSnapshot) -> tuple[Stake, ...]:
    """Every position and pending order of the account. Raises TerminalError."""
    return stakes_in(snapshot, await contracts_of(session, snapshot))


async def contracts_of(session: Session, snapshot: MT5AccountSnapshot) -> dict[str, Instrument]:
    """The contract of each symbol in which something is open or waits. Raises TerminalError."""
    symbols = {held.symbol for held in _held(snapshot)}
    return {symbol: await session.instrument(symbol) for symbol in symbols}


def stakes_in(snapshot: MT5AccountSnapshot, contracts: Mapping[str, Instrument]) -> tuple[Stake, ...]:
    """The positions' first, then the orders', as the snapshot has them."""
    return tuple(_stake(held, contracts[held.symbol]) for held in _held(snapshot))


def _held(snapshot: MT5AccountSnapshot) -> tuple[MT5Position | MT5Order, ...]:
    return *snapshot.positions, *snapshot.orders


def _stake(held: MT5Position | MT5Order, instrument: Instrument) -> Stake:
    bare = _bare(held)
    if held.stop_loss is None:
        return bare
    price = held.price_current if isinstance(held, MT5Position) else held.price_open
    distance = max((price - held.stop_loss) * bare.side.sign, Decimal(0))
    return replace(bare, risk=(instrument.loss_per_lot(distance) * bare.lots).quantize(_CENT))


def _bare(held: MT5Position | MT5Order) -> Stake:
    """As if it had no stop."""
    if isinstance(held, MT5Position):
        return Stake(held.symbol, held.side, held.volume, None, held.magic)
    return Stake(held.symbol, reading.side(held.type), held.volume_current, None, held.magic)


def with_openings(stakes: Sequence[Stake], intents: Iterable[Intent]) -> tuple[Stake, ...]:
    """With the desk's own openings that are on their way and not among them yet."""
    seen = {stake.magic for stake in stakes}
    coming = (i for i in intents if i.kind is IntentKind.OPEN and i.magic not in seen)
    return (*stakes, *(Stake(i.symbol, i.side, i.volume, i.risk, i.magic) for i in coming))


def lots_on_side(stakes: Iterable[Stake], symbol: str, side: Side) -> Decimal:
    """What a broker's limit of volume counts."""
    return sum((s.lots for s in stakes if s.symbol == symbol and s.side is side), Decimal(0))


def check_open_risk(
    policy: RiskPolicy, account: MT5AccountState, stakes: Sequence[Stake], wanted: Size
) -> None:
    """Raises Refused, with the numbers, when all stops together would cost more than the trader allows.

    Without a stop nobody knows: then nothing is opened beside it, unless the trader allows trades without
    one; they are not counted then.
    """
    _check_known(policy, stakes, "you open another trade")
    _check_total(policy, account, "trade", total_of(stakes) + (wanted.risk or Decimal(0)))


def check_stops(policy: RiskPolicy, snapshot: MT5AccountSnapshot) -> None:
    """Raises Refused as `check_open_risk` does for what is open without a stop, by a reading alone."""
    stakes = [_bare(held) for held in _held(snapshot) if held.stop_loss is None]
    _check_known(policy, stakes, "you open another trade")


def check_moved(
    policy: RiskPolicy,
    snapshot: MT5AccountSnapshot,
    contracts: Mapping[str, Instrument],
    wish: Intent,
    coming: Sequence[Intent],
) -> None:
    """Raises Refused when levels moved as the wish wants them widen the risk beyond the limit.

    What makes it smaller, or leaves it, is never refused. Of what else is on its way the worse is reckoned.
    """
    now, then = stakes_in(snapshot, contracts), stakes_in(as_wished(snapshot, [wish]), contracts)
    wider = [after for before, after in zip(now, then, strict=True) if _is_wider(before, after)]
    if not wider:
        return
    if any(stake.risk is None for stake in wider) and not policy.allow_no_stop:
        raise Refused("Without a stop loss nobody knows what is at risk, and you do not trade without one.")
    moving = [intent for intent in coming if intent.kind in (IntentKind.MODIFY, IntentKind.CHANGE)]
    others = stakes_in(as_wished(snapshot, moving), contracts)
    worst = with_openings([_worse(*pair) for pair in zip(then, others, strict=True)], coming)
    _check_known(policy, worst, "you risk more elsewhere")
    _check_total(policy, snapshot.account, "stop", total_of(worst))


def as_wished(snapshot: MT5AccountSnapshot, wishes: Iterable[Intent]) -> MT5AccountSnapshot:
    """With the levels that the intents want to set, of positions and of pending orders."""
    moves = {wish.position: wish for wish in wishes}
    return replace(
        snapshot,
        positions=tuple(_moved(p, moves.get(p.identifier)) for p in snapshot.positions),
        orders=tuple(_replaced(o, moves.get(o.ticket)) for o in snapshot.orders),
    )


def _moved(position: MT5Position, wish: Intent | None) -> MT5Position:
    if wish is None or wish.kind is not IntentKind.MODIFY:
        return position
    return replace(position, stop_loss=wish.stop_loss, take_profit=wish.take_profit)


def _replaced(order: MT5Order, wish: Intent | None) -> MT5Order:
    if wish is None or wish.kind is not IntentKind.CHANGE:
        return order
    price = wish.price or order.price_open
    return replace(order, price_open=price, stop_loss=wish.stop_loss, take_profit=wish.take_profit)


def total_of(stakes: Iterable[Stake]) -> Decimal:
    """What all stops together would cost, without what has none."""
    return sum((stake.risk or Decimal(0) for stake in stakes), Decimal(0))


def _is_wider(before: Stake, after: Stake) -> bool:
    """Without a stop it is as wide as can be."""
    return before.risk is not None and (after.risk is None or after.risk > before.risk)


def _worse(one: Stake, other: Stake) -> Stake:
    return other if _is_wider(one, other) else one


def _check_known(policy: RiskPolicy, stakes: Iterable[Stake], before: str) -> None:
    bare = next((stake for stake in stakes if stake.risk is None), None)
    if bare is not None and not policy.allow_no_stop:
        raise Refused(
            f"The open risk is not known: {bare.lots} lots of {bare.symbol} have no stop loss."
            f" Set one, or close it, before {before}."
        )


def _check_total(policy: RiskPolicy, account: MT5AccountState, what: str, total: Decimal) -> None:
    limit = account.equity * policy.max_open_risk_percent / 100
    if total > limit:
        raise Refused(
            f"With this {what} {total:,.2f} {account.currency} would be at risk, and you allow"
            f" {policy.max_open_risk_percent} % of {account.equity:,.2f}: {limit:,.2f}."
        )
