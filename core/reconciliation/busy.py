"""Positions of which nothing can be concluded yet: what they are, or should be, is about to change."""

from collections.abc import Iterable

from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.ports import Tx
from core.reconciliation.reading import Reading
from core.trading.netting import nets

_SENT = frozenset({IntentState.SENDING, IntentState.UNKNOWN})


async def busy_positions(tx: Tx, reading: Reading) -> set[int]:
    """Positions that an order on its way is for, and those whose trade was changed since it was read.

    Nothing is concluded of these until that is settled and read again.
    """
    account = reading.account.id
    under_way = await tx.intents.unfinished(account)
    expected = await tx.trades.open_of(account)
    return _meant_by(under_way) | _added_to(reading, under_way) | _expected_otherwise(reading, expected)


def _meant_by(under_way: Iterable[Intent]) -> set[int]:
    sent = [intent for intent in under_way if intent.state in _SENT]
    return {number for intent in sent for number in (intent.position, intent.opposite) if number}


def _added_to(reading: Reading, under_way: Iterable[Intent]) -> set[int]:
    """On a netting account an opening is for the position of its symbol that is there."""
    if not nets(reading.snapshot.account):
        return set()
    waits = {o.ticket for o in reading.snapshot.orders if o.volume_current == o.volume_initial}
    symbols = {
        intent.symbol
        for intent in under_way
        if intent.kind is IntentKind.OPEN
        and (intent.state in _SENT or (intent.state is IntentState.PLACED and intent.position not in waits))
    }
    positions = (pair.position for pair in reading.matching.pairs)
    return {position.identifier for position in positions if position.symbol in symbols}


def _expected_otherwise(reading: Reading, expected: Iterable[Trade]) -> set[int]:
    now = {trade.id: _wanted(trade) for trade in expected}
    return {
        pair.position.identifier
        for pair in reading.matching.pairs
        for share in reading.nets[pair.trade.id].shares
        if now.get(share.id) != _wanted(share)
    }


def _wanted(trade: Trade) -> tuple[object, ...]:
    return trade.volume, trade.stop_loss, trade.take_profit
