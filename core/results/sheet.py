"""Closed trades as a file: see `core.quality.sheet` for the form."""

from collections.abc import Iterable, Mapping

from core.model.results import Result
from core.quality.sheet import Cell, harmless, sheet_of

COLUMNS = (
    *("trade", "account", "source", "symbol", "side", "lots", "opened_at", "closed_at", "lasted_s"),
    *("expected", "open_price", "close_price", "stop_loss", "take_profit", "slippage_pips"),
    *("closed_by", "profit", "currency", "risk", "r"),
)


def as_results_csv(results: Iterable[Result]) -> str:
    """One line per trade, in the order given. What is not known is empty."""
    return sheet_of(COLUMNS, (_line(result) for result in results))


def _line(result: Result) -> Mapping[str, Cell]:
    trade = result.trade
    return {
        "trade": str(trade.id),
        "account": harmless(result.account),
        "source": harmless(result.source),
        "symbol": harmless(trade.symbol),
        "side": trade.side,
        "lots": trade.volume,
        "opened_at": trade.opened_at,
        "closed_at": trade.closed_at,
        "lasted_s": result.lasted,
        "expected": trade.expected_price,
        "open_price": trade.open_price,
        "close_price": trade.close_price,
        "stop_loss": trade.stop_loss,
        "take_profit": trade.take_profit,
        "slippage_pips": result.slippage_pips,
        "closed_by": trade.close_reason,
        "profit": result.profit,
        "currency": result.currency,
        "risk": result.risk,
        "r": result.r,
    }
