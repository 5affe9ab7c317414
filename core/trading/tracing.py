"""The trace of an order: one id from the signal to the close."""

from collections.abc import Sequence

from core.model.ids import SignalId
from core.model.trades import Intent, IntentKind
from core.ports import Tx


async def trace_of(tx: Tx, intent: Intent) -> str:
    """Of the signal behind the order; of what no signal explains that of the liquidation which runs, since
    it closes everything. Empty for neither."""
    signal = await signal_of(tx, intent)
    if signal is not None or intent.kind is IntentKind.OPEN:
        return str(signal or "")
    running = await tx.liquidations.running_of(intent.account_id)
    return running.trace if running else ""


async def signal_of(tx: Tx, intent: Intent) -> SignalId | None:
    """The signal that the order carries out, or whose position or pending order it changes.

    None for what no signal explains: a position that was adopted, an account that is closed as a whole.
    """
    if intent.signal_id is not None or intent.position is None or intent.kind is IntentKind.OPEN:
        return intent.signal_id
    return next((signal for signal in await _signals_at(tx, intent, intent.position) if signal), None)


async def _signals_at(tx: Tx, intent: Intent, position: int) -> Sequence[SignalId | None]:
    """Of the position's trades, the newest first, or else of the pending order with that ticket."""
    trades = await tx.trades.on_position(intent.account_id, position)
    if trades:
        return [trade.signal_id for trade in reversed(trades)]
    resting = await tx.intents.unresolved(intent.account_id)
    return [order.signal_id for order in resting if order.position == position]
