"""/quality: a caption with the figures of all orders and a table of the groups, narrow enough for a phone."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal

from aiogram.types import InlineKeyboardMarkup

from bot.buttons.reports import QualityTap
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, italic, lines, plain
from core.quality.figures import Delay, Figures, Slippage
from core.quality.grouping import Dimension, Row, busiest
from core.quality.report import Report

SHOWN = 8
_NAME_WIDTH = 10
_COLUMNS = ("orders", "filled", "median", "p95", "tap")
_EXACT_BELOW = timedelta(seconds=10)


def quality(report: Report, words: Words) -> Rendered:
    """Figures, table and buttons; a sentence when there was no order."""
    if not report.fills:
        return Rendered(words("quality-none", n=report.days))
    text = lines(_summary(report, words), _groups(report.rows, words), italic(_notes(report, words)))
    return Rendered(text, _buttons(report, words))


def title(report: Report, words: Words) -> str:
    """What stands over the picture."""
    measured = report.total.slippage.measured if report.total.slippage else 0
    fills = words.label("quality-fills", n=measured)
    return " · ".join((words.label("quality-slippage"), _days(report, words), fills))


def legend(report: Report, words: Words) -> dict[str, str]:
    """What is written in the picture."""
    names = ("better", "exact", "worse", "median", "p95", "pips")
    named = {name: words.label(f"quality-legend-{name}") for name in names}
    return named | {"groups": words.label(f"quality-by-{report.by}")}


def shown(rows: Sequence[Row]) -> Sequence[Row]:
    """The groups that there is room for, those with the most orders."""
    return busiest(rows, SHOWN)


def sheet_name(report: Report) -> str:
    return f"orders-{report.days}-days.csv"


def sheet_caption(report: Report, words: Words) -> str:
    """What stands under the file of all orders."""
    return words.label("quality-sheet", n=len(report.fills), days=_days(report, words))


def _days(report: Report, words: Words) -> str:
    return words.label("count-days", n=report.days)


def _summary(report: Report, words: Words) -> Html:
    total = report.total
    return lines(
        words.listed(
            Html(f"{bold(words('quality-title'))} {words(f'quality-by-{report.by}')}"), _days(report, words)
        ),
        _orders(total, words),
        _slippage(total.slippage, words),
        _delays(total, words),
    )


def _orders(total: Figures, words: Words) -> Html:
    """All filled in a few words; else how much of the lots, and how many of what."""
    parts = {
        "whole": total.whole,
        "part": total.partial,
        "refused": total.refused,
        "doubted": total.doubted,
        "waiting": total.waiting,
        "lapsed": total.lapsed,
    }
    told = [words(f"quality-{what}", n=number) for what, number in parts.items() if number]
    if total.orders and total.whole == total.orders and len(told) == 1:
        return words("quality-all-filled", n=total.orders)
    filled = words("quality-filled", n=total.orders, share=_percent(total.fill_ratio, words))
    return lines(filled, words.listed(*told))


def _slippage(slippage: Slippage | None, words: Words) -> Html:
    if slippage is None:
        return words("quality-unmeasured")
    return lines(
        words(
            "quality-slippage-figures",
            median=_pips(slippage.median, words),
            p95=_pips(slippage.p95, words),
            mean=_pips(slippage.mean, words),
            worst=_pips(slippage.worst, words),
        ),
        words("quality-better", n=slippage.measured, share=_percent(slippage.better_share, words)),
    )


def _delays(total: Figures, words: Words) -> Html | None:
    if total.from_tap is None or total.from_signal is None:
        return None
    tap, signal = _delay(total.from_tap, words), _delay(total.from_signal, words)
    return words("quality-delays", tap=tap, signal=signal)


def _delay(delay: Delay, words: Words) -> Html:
    return words("quality-delay", median=_time(delay.median, words), p95=_time(delay.p95, words))


def _time(length: timedelta, words: Words) -> Html:
    if length >= _EXACT_BELOW:
        return words.span(length)
    return words("quality-seconds", s=words.number(Decimal(str(length.total_seconds())), 1))


def _groups(rows: Sequence[Row], words: Words) -> Html:
    chosen = shown(rows)
    more = len(rows) - len(chosen)
    head = ("", *(words.label(f"quality-column-{name}") for name in _COLUMNS))
    table = _table([head, *(_cells(row, words) for row in chosen)])
    return lines(f"<pre>{plain(table)}</pre>", words("more", n=more) if more else None)


def _cells(row: Row, words: Words) -> tuple[str, ...]:
    figures = row.figures
    slippage, tap = figures.slippage, figures.from_tap
    return (
        clip(" ".join(row.name.split()), _NAME_WIDTH),
        str(figures.orders),
        f"{_whole_percent(figures.fill_ratio)}%" if figures.orders else "–",
        _pips(slippage.median, words) if slippage else "–",
        _pips(slippage.p95, words) if slippage else "–",
        _short(tap.median, words) if tap else "–",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be: the first to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        " ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )


def _percent(share: Decimal, words: Words) -> Html:
    return words.percent(_whole_percent(share), 0)


def _whole_percent(share: Decimal) -> Decimal:
    """Rounded down, so that only all is 100 %."""
    return (share * 100).quantize(Decimal(1), ROUND_DOWN)


def _pips(pips: Decimal, words: Words) -> str:
    return words.number(pips, 1 if abs(pips) < 100 else 0)


def _short(length: timedelta, words: Words) -> str:
    """At most four characters up to 99 hours, in English units, which the table's readers know."""
    seconds = length.total_seconds()
    if length < _EXACT_BELOW:
        return f"{words.number(Decimal(str(seconds)), 1)}s"
    if seconds < 100:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 6000 else f"{seconds / 3600:.0f}h"


def _notes(report: Report, words: Words) -> Html:
    return Html(
        " ".join(
            note
            for note in (
                words("quality-cut", n=len(report.fills)) if report.is_cut else None,
                words("quality-hours") if report.by is Dimension.HOUR else None,
                words("quality-notes"),
            )
            if note
        )
    )


def _buttons(report: Report, words: Words) -> InlineKeyboardMarkup:
    others = [each for each in Dimension if each is not report.by]
    switches = [
        button(words.label(f"quality-button-{each}"), QualityTap(by=each, days=report.days))
        for each in others
    ]
    csv = button(words.label("csv"), QualityTap(by=report.by, days=report.days, sheet=True))
    return keyboard(switches, [csv])
