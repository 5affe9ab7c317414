"""/history, /performance and /equity: what was closed, what it has come to, how the equity went."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.buttons.reports import About, EquityTap, HistoryTap, PerformanceTap
from bot.views.cards.card import BADGES
from bot.views.markup import Rendered, button, keyboard
from bot.views.pages import Page
from bot.views.positions import ARROWS, NAME_LIMIT
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain, price
from core.model.accounts import Account
from core.model.equity import Course
from core.model.results import Result
from core.model.trades import CloseReason, Trade
from core.results.performance import Group, Performance, Report

DAYS = (7, 30, 90, 365)
SHOWN_CURRENCIES, SHOWN_GROUPS, SHOWN_ACCOUNTS = 3, 6, 6
_NAME_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about, by name (empty for all) and as its buttons carry it."""

    name: str = ""
    about: About = About.ALL
    of: UUID | None = None


def history(shown: Page[Result], count: int, size: int, scope: Scope, words: Words) -> Rendered:
    """So many closed trades a page, the newest first."""
    if not count:
        return Rendered(paragraphs(_title("history", scope, words), words("reports-no-trades")))
    text = paragraphs(
        words.listed(_title("history", scope, words), words("reports-trades", n=count)),
        *(_trade(result, words) for result in shown.items),
    )

    def tap(page: int) -> HistoryTap:
        return HistoryTap(page=page, size=size, about=scope.about, of=scope.of)

    sheet = button(words.label("csv"), tap(0).model_copy(update={"sheet": True}))
    return Rendered(text, keyboard(*shown.turns(tap), [sheet]))


def sheet_name(scope: Scope) -> str:
    return "trades.csv" if not scope.name else f"trades-{_file(scope.name)}.csv"


def sheet_caption(count: int, words: Words) -> str:
    return words.label("reports-sheet", n=count)


def performance(reports: Sequence[Report], days: int, scope: Scope, words: Words) -> Rendered:
    """Each currency by itself, with its sources and accounts; at most three of them."""
    more = len(reports) - SHOWN_CURRENCIES
    text = paragraphs(
        words.listed(_title("performance", scope, words), words("count-days", n=days)),
        *(_report(report, words) for report in reports[:SHOWN_CURRENCIES]),
        None if reports else words("reports-no-trades"),
        words("reports-more-currencies", n=more) if more > 0 else None,
        words("reports-measured") if reports else None,
    )

    def tap(each: int) -> PerformanceTap:
        return PerformanceTap(days=each, about=scope.about, of=scope.of)

    return Rendered(text, keyboard([button(_days(each, words), tap(each)) for each in DAYS if each != days]))


@dataclass(frozen=True, slots=True)
class Shown:
    """The course of an account's equity over `days`, None without a reading; `kind` is what the terminal said
    it is. `others` are accounts that the reader may look at as well."""

    account: Account
    kind: str
    currency: str
    days: int
    course: Course | None
    others: Sequence[Account] = ()


def equity(shown: Shown, words: Words) -> Rendered:
    """The caption of the chart; a sentence when nothing was read in these days."""
    text = lines(_account(shown, words), *_figures(shown, words))
    return Rendered(text, _equity_buttons(shown, words))


def equity_title(shown: Shown, words: Words) -> str:
    """What stands over the picture."""
    return f"{shown.account.label} · {_days(shown.days, words)} · {shown.currency}"


def legend(words: Words) -> dict[str, str]:
    return {name: words.label(f"reports-legend-{name}") for name in ("equity", "balance", "drawdown", "paid")}


def _title(what: str, scope: Scope, words: Words) -> Html:
    title = bold(words(f"reports-{what}"))
    return words.listed(title, plain(scope.name, NAME_LIMIT)) if scope.name else title


def _trade(result: Result, words: Words) -> Html:
    """Three lines: the result, how it came about, whose and when."""
    trade = result.trade
    money = (
        words("reports-unknown")
        if result.profit is None
        else words.signed_money(result.profit, result.currency)
    )
    r = words("reports-r", r=words.signed(result.r, 2)) if result.r is not None else None
    slip = result.slippage_pips
    return lines(
        f"{ARROWS[trade.side]} {bold(trade.symbol, NAME_LIMIT)} {trade.side.upper()}"
        f" {words.lots(trade.volume)} {words.listed(bold(money), r)}",
        words.listed(_way(trade), words(f"closed-by-{trade.close_reason or CloseReason.UNEXPLAINED}")),
        words.listed(
            words("reports-slippage", pips=words.signed(slip)) if slip is not None else None,
            words.span(result.lasted) if result.lasted is not None else None,
            words("positions-source", source=result.source[:NAME_LIMIT])
            if result.source
            else words("positions-by-hand"),
        ),
        words.listed(
            plain(result.account, NAME_LIMIT),
            words.date_time(trade.closed_at) if trade.closed_at is not None else None,
        ),
    )


def _way(trade: Trade) -> Html:
    """From the entry to the price of the close, where the broker has told that."""
    closed = trade.close_price
    end = price(closed, trade.open_price) if closed is not None else "?"
    return Html(f"{price(trade.open_price, closed)} → {end}")


def _report(report: Report, words: Words) -> Html:
    """A currency: the figures of all, and tables where there is more than one group."""
    sources = report.sources if len(report.sources) > 1 else ()
    accounts = report.accounts if len(report.accounts) > 1 else ()
    return lines(
        _whole(report, words),
        _table("sources", sources, words),
        _table("accounts", accounts, words),
    )


def _whole(report: Report, words: Words) -> Html:
    found, currency = report.whole, report.currency
    factor = words.number(found.profit_factor, 2) if found.profit_factor is not None else "–"
    average = words.signed(found.average_r, 2) if found.average_r is not None else "–"
    return lines(
        words.listed(bold(words.signed_money(found.net, currency)), words("reports-trades", n=found.trades)),
        words.listed(
            words("reports-win-rate", percent=words.percent(found.win_rate)),
            words("reports-factor", factor=factor),
        ),
        words.listed(
            words("reports-expectancy", money=words.signed_money(found.expectancy, currency)),
            words("reports-average", r=average, n=found.measured),
        ),
        words.listed(
            words("reports-best", money=words.signed_money(found.best, currency)),
            words("reports-worst", money=words.signed_money(found.worst, currency)),
        ),
        words("reports-drawdown", money=words.money(found.max_drawdown, currency)),
        words("reports-unknowns", n=found.unknown) if found.unknown else None,
    )


def _table(what: str, groups: Sequence[Group], words: Words) -> Html | None:
    """At most six groups, narrow enough for a phone; the rest is counted."""
    if not groups:
        return None
    head = ("", *(words.label(f"reports-head-{name}") for name in ("count", "win", "factor", "net")))
    rows = [head, *(_cells(group, words) for group in groups[:SHOWN_GROUPS])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = "\n".join(
        " ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )
    more = len(groups) - SHOWN_GROUPS
    return lines(
        words(f"reports-by-{what}"),
        f"<pre>{plain(text)}</pre>",
        words("more", n=more) if more > 0 else None,
    )


def _cells(group: Group, words: Words) -> tuple[str, ...]:
    found = group.performance
    name = " ".join(group.name.split()) or words.label("reports-by-hand")
    factor = words.number(found.profit_factor, 1) if found.profit_factor is not None else "–"
    return (
        clip(name, _NAME_WIDTH),
        str(found.trades),
        f"{found.win_rate:.0f}%",
        factor,
        _short(found, words),
    )


def _short(found: Performance, words: Words) -> str:
    return words.signed(found.net, 2 if abs(found.net) < 100 else 0)


def _account(shown: Shown, words: Words) -> Html:
    badge = BADGES.get(shown.kind)
    return words.listed(bold(shown.account.label, NAME_LIMIT), badge, words("count-days", n=shown.days))


def _figures(shown: Shown, words: Words) -> list[Html | None]:
    course, currency = shown.course, shown.currency
    if course is None:
        return [words("reports-no-readings")]
    return [
        words(
            "reports-start",
            money=words.money(course.start.equity, currency),
            at=words.date_time(course.start.at),
        ),
        words(
            "reports-end",
            money=bold(words.money(course.end.equity, currency)),
            at=words.date_time(course.end.at),
        ),
        words("reports-gain", money=bold(words.signed_money(course.gain, currency))),
        words("reports-peak", money=words.money(course.peak, currency)),
        words("reports-max-drawdown", percent=words.percent(course.max_drawdown, 2)),
        _payments(course, currency, words),
        words("reports-gaps", span=words.span(course.widest_gap)),
    ]


def _payments(course: Course, currency: str, words: Words) -> Html | None:
    if course.payments is None:
        return words("reports-payments-unknown")
    if not course.payments:
        return None
    return words("reports-payments", n=len(course.payments), money=words.signed_money(course.paid, currency))


def _equity_buttons(shown: Shown, words: Words) -> InlineKeyboardMarkup:
    days = [
        _equity_button(_days(each, words), shown.account, each) for each in (1, *DAYS) if each != shown.days
    ]
    others = [
        [_equity_button(clip(other.label, NAME_LIMIT), other, shown.days)]
        for other in shown.others[:SHOWN_ACCOUNTS]
    ]
    return keyboard(days, *others)


def _equity_button(label: str, account: Account, days: int) -> InlineKeyboardButton:
    return button(label, EquityTap(account=account.id, days=days))


def _days(days: int, words: Words) -> str:
    return words.label("reports-short-days", n=days)


def _file(name: str) -> str:
    """A name as a file may have it."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:40] or "all"
