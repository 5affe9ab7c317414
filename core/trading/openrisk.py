"""What an account stands to lose if every stop were hit now, and the trader's limit of it.

Money counts from the present price to the stop, because the limit is a share of equity, which holds the
present profit already: what a stop has locked in is at risk no less than what was paid in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
    held: list[MT5Position | MT5Order] = [*snapshot.positions, *snapshot.orders]
    instruments = {symbol: await session.instrument(symbol) for symbol in {each.symbol for each in held}}
    return tuple(_stake(each, instruments[each.symbol]) for each in held)


def _stake(held: MT5Position | MT5Order, instrument: Instrument) -> Stake:
    if isinstance(held, MT5Position):
        side, lots, price = held.side, held.volume, held.price_current
    else:
        side, lots, price = reading.side(held.type), held.volume_current, held.price_open
    risk = None
    if held.stop_loss is not None:
        distance = max((price - held.stop_loss) * side.sign, Decimal(0))
        risk = (instrument.loss_per_lot(distance) * lots).quantize(_CENT)
    return Stake(held.symbol, side, lots, risk, held.magic)


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
    bare = next((stake for stake in stakes if stake.risk is None), None)
    if bare is not None and not policy.allow_no_stop:
        raise Refused(
            f"The open risk is not known: {bare.lots} lots of {bare.symbol} have no stop loss."
            " Set one, or close it, before you open another trade."
        )
    total = sum((stake.risk or Decimal(0) for stake in stakes), wanted.risk or Decimal(0))
    limit = account.equity * policy.max_open_risk_percent / 100
    if total > limit:
        raise Refused(
            f"With this trade {total:,.2f} {account.currency} would be at risk, and you allow"
            f" {policy.max_open_risk_percent} % of {account.equity:,.2f}: {limit:,.2f}."
        )
