"""Matching an account that lives: what is known already, and what only a second reading proves."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.model.ids import intent_of
from core.model.mt5 import MT5Position
from core.model.trades import Trade
from core.reconciliation.matching import Matching, MatchPolicy, Pair, match


def compare(
    trades: Sequence[Trade],
    positions: Sequence[MT5Position],
    policy: MatchPolicy,
    strangers: Collection[int] = (),
) -> Matching:
    """As `match`, but that nobody becomes another's by being alike too soon.

    `strangers` have been seen as positions without a trade: they stay that, however much they are like one
    that disappears. And the first reading that does not show a trade's own position may be ahead of the deal
    that closed it: the trade is missing in it, and what is like it in nobody's place yet.
    """
    own = {trade.position for trade in trades}
    known = [p for p in positions if p.identifier in strangers and p.identifier not in own]
    apart = {position.identifier for position in known}
    found = match(trades, [p for p in positions if p.identifier not in apart], policy)
    return _patient(replace(found, unmatched=(*found.unmatched, *known)))


def _patient(found: Matching) -> Matching:
    pairs = tuple(pair for pair in found.pairs if _is_sure(pair))
    doubts = tuple(doubt for doubt in found.ambiguous if doubt.trade.missing_reads)
    sure = {pair.trade.id for pair in pairs} | {doubt.trade.id for doubt in doubts}
    trades = [pair.trade for pair in found.pairs] + [doubt.trade for doubt in found.ambiguous]
    early = (trade for trade in trades if trade.id not in sure)
    return replace(found, pairs=pairs, ambiguous=doubts, missing=(*found.missing, *early))


def _is_sure(pair: Pair) -> bool:
    """By its number or its mark, or by likeness for the second time."""
    position = pair.position
    named = intent_of(position.magic, position.comment) is not None
    return pair.trade.position == position.identifier or named or pair.trade.missing_reads > 0
