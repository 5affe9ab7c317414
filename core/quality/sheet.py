"""CSV as RFC 4180 has it: a line of names, CRLF at each end, quotes where needed.

Cells that begin like a formula would be carried out by a spreadsheet. Text from outside that does is put
behind an apostrophe, which spreadsheets take for "this is text" (OWASP, CSV Injection).
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.model.fills import Fill
from core.quality.figures import Delay, Slippage
from core.quality.grouping import Row
from core.quality.measures import delay_from_signal, delay_from_tap, slippage_pips

Cell = str | int | bool | Decimal | datetime | timedelta | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHARE_DIGITS = Decimal("0.0001")

ORDER_COLUMNS = (
    *("order", "account", "source", "instrument", "symbol", "side", "kind", "state", "was_unknown"),
    *("signalled_at", "tapped_at", "sent_at", "opened_at", "settled_at"),
    *("wanted_lots", "filled_lots", "expected", "price", "pip", "slippage_pips"),
    *("signal_to_fill_s", "tap_to_fill_s", "profit"),
)
TABLE_COLUMNS = (
    *("group", "orders", "waiting", "lapsed", "wanted_lots", "filled_lots"),
    *("fill_ratio", "whole_share", "partial_share", "refused_share", "unknown_share"),
    *("measured", "median_pips", "p95_pips", "mean_pips", "worst_pips", "better_share"),
    *("timed", "signal_to_fill_median_s", "signal_to_fill_p95_s"),
    *("tap_to_fill_median_s", "tap_to_fill_p95_s"),
)


def as_csv(fills: Iterable[Fill]) -> str:
    """One line per order, in the order given. Times are ISO 8601 in UTC, delays seconds."""
    return sheet_of(ORDER_COLUMNS, (_order(fill) for fill in fills))


def as_table_csv(rows: Iterable[Row]) -> str:
    """One line per group. Shares are from 0 to 1, what was not measured is empty."""
    return sheet_of(TABLE_COLUMNS, (_group(row) for row in rows))


def _order(fill: Fill) -> Mapping[str, Cell]:
    return {
        "order": fill.intent_id,
        "account": harmless(fill.account),
        "source": harmless(fill.source),
        "instrument": harmless(fill.instrument),
        "symbol": harmless(fill.symbol),
        "side": fill.side,
        "kind": fill.order_kind,
        "state": fill.state,
        "was_unknown": fill.was_unknown,
        "signalled_at": fill.signalled_at,
        "tapped_at": fill.tapped_at,
        "sent_at": fill.sent_at,
        "opened_at": fill.opened_at,
        "settled_at": fill.settled_at,
        "wanted_lots": fill.wanted,
        "filled_lots": fill.filled,
        "expected": fill.expected,
        "price": fill.price,
        "pip": fill.pip,
        "slippage_pips": slippage_pips(fill),
        "signal_to_fill_s": delay_from_signal(fill),
        "tap_to_fill_s": delay_from_tap(fill),
        "profit": fill.profit,
    }


def _group(row: Row) -> Mapping[str, Cell]:
    figures = row.figures
    return {
        "group": harmless(row.name),
        "orders": figures.orders,
        "waiting": figures.waiting,
        "lapsed": figures.lapsed,
        "wanted_lots": figures.wanted,
        "filled_lots": figures.filled,
        "fill_ratio": _rounded(figures.fill_ratio),
        "whole_share": _rounded(figures.whole_share),
        "partial_share": _rounded(figures.partial_share),
        "refused_share": _rounded(figures.refused_share),
        "unknown_share": _rounded(figures.doubted_share),
        "measured": figures.slippage.measured if figures.slippage else 0,
        **(_slippage(figures.slippage) if figures.slippage else {}),
        "timed": figures.from_tap.measured if figures.from_tap else 0,
        **_delay("signal_to_fill", figures.from_signal),
        **_delay("tap_to_fill", figures.from_tap),
    }


def _slippage(slippage: Slippage) -> Mapping[str, Cell]:
    return {
        "median_pips": slippage.median,
        "p95_pips": slippage.p95,
        "mean_pips": slippage.mean,
        "worst_pips": slippage.worst,
        "better_share": _rounded(slippage.better_share),
    }


def _delay(name: str, delay: Delay | None) -> Mapping[str, Cell]:
    return {f"{name}_median_s": delay.median, f"{name}_p95_s": delay.p95} if delay else {}


def sheet_of(columns: Sequence[str], lines: Iterable[Mapping[str, Cell]]) -> str:
    """The whole file; a cell that a line does not have is empty."""
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _written(cell) for name, cell in line.items()} for line in lines)
    return sheet.getvalue()


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case timedelta():
            return f"{cell.total_seconds():.3f}"
        case Decimal():
            return f"{cell:f}"
    return str(cell)


def harmless(text: str) -> str:
    """Text from outside, which no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rounded(share: Decimal) -> Decimal:
    return share.quantize(_SHARE_DIGITS)
