"""/quality: a caption with the figures of all orders and a table of the groups, narrow enough for a phone."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from aiogram.types import InlineKeyboardMarkup

from bot.callbacks import QualityTap
from bot.views.markup import Rendered, bold, button, clip, count, italic, keyboard, lines, plain
from core.health.spoken import spoken
from core.quality.figures import Delay, Figures, Slippage
from core.quality.grouping import Dimension, Row, busiest
from core.quality.report import Report

SHOWN = 8
DRAWING = "Drawing …"
_NAME_WIDTH = 10
_HEAD = ("", "n", "fill", "med", "p95", "tap")
_EXACT_BELOW = timedelta(seconds=10)


def quality(report: Report) -> Rendered:
    """Figures, table and buttons; a sentence when there was no order."""
    if not report.fills:
        return Rendered(f"No fills yet in the last {count(report.days, 'day')}.")
    return Rendered(lines(_summary(report), _groups(report.rows), italic(_notes(report))), _buttons(report))


def title(report: Report) -> str:
    """What stands over the picture."""
    measured = report.total.slippage.measured if report.total.slippage else 0
    return f"Slippage · {count(report.days, 'day')} · {count(measured, 'fill')}"


def heading(report: Report) -> str:
    """What stands over the groups of the picture."""
    return f"by {report.by}"


def shown(rows: Sequence[Row]) -> Sequence[Row]:
    """The groups that there is room for, those with the most orders."""
    return busiest(rows, SHOWN)


def sheet_name(report: Report) -> str:
    return f"orders-{report.days}-days.csv"


def sheet_caption(report: Report) -> str:
    """What stands under the file of all orders."""
    return f"{count(len(report.fills), 'order')} of the last {count(report.days, 'day')}, one a line."


def _summary(report: Report) -> str:
    total = report.total
    return lines(
        f"{bold('Quality')} by {report.by} · {count(report.days, 'day')}",
        _orders(total),
        _slippage(total.slippage),
        _delays(total),
    )


def _orders(total: Figures) -> str:
    parts = {
        "whole": total.whole,
        "in part": total.partial,
        "refused": total.refused,
        "in doubt for a while": total.doubted,
        "on the way": total.waiting,
        "lapsed": total.lapsed,
    }
    counted = ", ".join(f"{number} {what}" for what, number in parts.items() if number)
    return f"{count(total.orders, 'order')}, {_percent(total.fill_ratio)} of the lots filled: {counted}"


def _slippage(slippage: Slippage | None) -> str:
    if slippage is None:
        return "Slippage: nothing to measure yet"
    return (
        f"Slippage: median {_pips(slippage.median)}, p95 {_pips(slippage.p95)},"
        f" mean {_pips(slippage.mean)}, worst {_pips(slippage.worst)} pips;"
        f" {_percent(slippage.better_share)} better than expected ({slippage.measured} measured)"
    )


def _delays(total: Figures) -> str | None:
    if total.from_tap is None or total.from_signal is None:
        return None
    return f"To the fill: from the tap {_delay(total.from_tap)}, from the signal {_delay(total.from_signal)}"


def _delay(delay: Delay) -> str:
    return f"{_time(delay.median)}, p95 {_time(delay.p95)}"


def _time(length: timedelta) -> str:
    return f"{length.total_seconds():.1f} s" if length < _EXACT_BELOW else spoken(length)


def _groups(rows: Sequence[Row]) -> str:
    chosen = shown(rows)
    more = len(rows) - len(chosen)
    table = _table([_HEAD, *map(_cells, chosen)])
    return lines(f"<pre>{plain(table)}</pre>", f"… and {more} more" if more else None)


def _cells(row: Row) -> tuple[str, ...]:
    figures = row.figures
    slippage, tap = figures.slippage, figures.from_tap
    return (
        clip(" ".join(row.name.split()), _NAME_WIDTH),
        str(figures.orders),
        _percent(figures.fill_ratio).replace(" ", "") if figures.orders else "–",
        _pips(slippage.median) if slippage else "–",
        _pips(slippage.p95) if slippage else "–",
        _short(tap.median) if tap else "–",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be: the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        " ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )


def _percent(share: Decimal) -> str:
    """Rounded down, so that only all is 100 %."""
    return f"{(share * 100).quantize(Decimal(1), ROUND_DOWN)} %"


def _pips(pips: Decimal) -> str:
    return f"{pips:.1f}" if abs(pips) < 100 else f"{pips:.0f}"


def _short(length: timedelta) -> str:
    """At most four characters up to 99 hours."""
    seconds = length.total_seconds()
    if length < _EXACT_BELOW:
        return f"{seconds:.1f}s"
    if seconds < 100:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 6000 else f"{seconds / 3600:.0f}h"


def _notes(report: Report) -> str:
    cut = f"Only the newest {len(report.fills):,} orders. " if report.is_cut else ""
    hour = "Hours are UTC. " if report.by is Dimension.HOUR else ""
    return f"{cut}{hour}Slippage above 0 is worse. Delays are of market orders only."


def _buttons(report: Report) -> InlineKeyboardMarkup:
    others = [each for each in Dimension if each is not report.by]
    switches = [button(each.capitalize(), QualityTap(by=each, days=report.days)) for each in others]
    return keyboard(switches, [button("CSV", QualityTap(by=report.by, days=report.days, sheet=True))])
