"""/history, /performance, /equity, /chart: in three languages, also at the longest values."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bot.buttons.cards import Timeframe
from bot.buttons.reports import About, CandlesTap, EquityTap, HistoryTap, PerformanceTap
from bot.views.charts import Chart, caption, levels
from bot.views.pages import Page, page_at
from bot.views.reports import (
    Scope,
    Shown,
    equity,
    equity_title,
    history,
    legend,
    performance,
    sheet_name,
)
from bot.words import Words
from core.model.equity import EquityPoint, Payment
from core.model.instruments import Side
from core.model.mt5 import Bar
from core.model.trades import CloseReason
from core.results.equity import course_of
from core.results.performance import reports_of
from tests.bot.books import ACCOUNT, HTML, HUGE, D, a_position, an_order
from tests.bot.snapshots import check_shown
from tests.core.results import NOON, a_result, a_trade

WIDE = Scope(HTML, About.ACCOUNT, UUID(int=2**128 - 1))


def some(count: int = 12) -> list:  # type: ignore[type-arg]
    """Of two sources, one by hand, of two accounts; every third a loss, one without a result."""
    made = [a_result(number, "12.40" if number % 3 else "-31.00") for number in range(1, count)]
    made = [replace(one, source="", account="Second") if n % 4 == 0 else one for n, one in enumerate(made)]
    return [*made, a_result(count, None, risk=None)]


def test_history() -> None:
    results = some()[::-1]
    sold = replace(results[1].trade, side=Side.SELL, close_reason=CloseReason.DESK, close_price=None)
    results[1] = replace(results[1], trade=sold, pip=None)
    scope = Scope("momentum", About.SOURCE, UUID(int=9))
    check_shown("history", lambda words: history(page_at(results, 0, 5), 12, 5, scope, words))
    check_shown("history-none", lambda words: history(Page(0, 0), 0, 10, Scope(), words))


def test_the_longest_page_of_history_fits() -> None:
    trade = a_trade(
        1,
        str(HUGE),
        symbol="W" * 32,
        volume=D("123456.78"),
        expected_price=D("123456.12345"),
        open_price=D("123456.12345"),
        close_price=D("123456.12345"),
        opened_at=NOON - timedelta(days=999, hours=23),
        close_reason=CloseReason.UNEXPLAINED,
    )
    one = a_result(trade=trade, account=HTML, source=HTML, currency="W" * 20, risk=D("0.01"))
    page = Page(9_998, 9_999, 10, [one] * 10)
    check_shown("history-longest", lambda words: history(page, 99_999, 10, WIDE, words))


def test_performance_by_currency_source_and_account() -> None:
    euros = [replace(one, currency="EUR", account="Third") for one in some(3)]
    reports = reports_of([*some(), *euros])
    check_shown("performance", lambda words: performance(reports, 30, Scope(), words))
    check_shown("performance-none", lambda words: performance([], 7, Scope("alpha"), words))


def test_the_longest_performance_fits() -> None:
    results = [
        a_result(
            number,
            str(HUGE * sign),
            currency="WXYZ"[number % 4] * 20,
            source=f"{number}{HTML}",
            account=f"{number}{HTML}",
            risk=D("0.01"),
        )
        for number in range(80)
        for sign in (1, -1)
    ]
    reports = reports_of([*results, *(replace(one, trade=a_trade(999, None)) for one in results)])
    check_shown("performance-longest", lambda words: performance(reports, 365, WIDE, words))


def test_a_table_is_narrow_enough_for_a_phone() -> None:
    results = [a_result(n, "-1234.5", source=f"breakout-{n % 5}", account=str(n % 2)) for n in range(600)]
    shown = performance(reports_of(results), 30, Scope(), Words())
    table = shown.text.partition("<pre>")[2].partition("</pre>")[0]
    assert max(map(len, table.splitlines())) <= 34


def a_shown(*equities: str, payments: list[Payment] | None = None, **changes: object) -> Shown:
    points = [
        EquityPoint(NOON + timedelta(hours=hour), D(money), D(money)) for hour, money in enumerate(equities)
    ]
    course = course_of(points, payments) if points else None
    usual = Shown(ACCOUNT, "PAPER", "USD", 7, course)
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_the_caption_of_equity() -> None:
    paid = [Payment(NOON + timedelta(minutes=90), D("2500"))]
    other = replace(ACCOUNT, label="Second")
    shown = a_shown("10000", "10400", "12700.5", "12500", payments=paid, others=[other])
    check_shown("equity", lambda words: equity(shown, words), caption=True)
    unknown = a_shown("10000", "9500")
    check_shown("equity-payments-unknown", lambda words: equity(unknown, words), caption=True)
    check_shown("equity-none", lambda words: equity(a_shown(), words), caption=True)
    assert equity_title(shown, Words()) == "Tara paper · 7 d · USD"
    assert set(legend(Words())) == {"equity", "balance", "drawdown", "paid"}


def test_the_longest_caption_of_equity_fits() -> None:
    paid = [Payment(NOON + timedelta(minutes=30), HUGE)] * 999
    shown = a_shown(
        str(-HUGE),
        str(HUGE),
        payments=paid,
        account=replace(ACCOUNT, label=HTML),
        currency="W" * 20,
        days=365,
        others=[replace(ACCOUNT, label=HTML)] * 30,
    )
    check_shown("equity-longest", lambda words: equity(shown, words), caption=True)


@pytest.mark.parametrize(
    "tap",
    [
        HistoryTap(page=99_999, size=10, about=About.ACCOUNT, of=UUID(int=2**128 - 1), sheet=True),
        PerformanceTap(days=365, about=About.SOURCE, of=UUID(int=2**128 - 1)),
        EquityTap(account=UUID(int=2**128 - 1), days=365),
        CandlesTap(timeframe=Timeframe.M15, symbol="W" * 32),
    ],
)
def test_every_button_fits(tap: HistoryTap | PerformanceTap | EquityTap | CandlesTap) -> None:
    assert len(tap.pack().encode()) <= 64
    assert type(tap).unpack(tap.pack()) == tap


def test_a_file_is_named_as_what_it_holds() -> None:
    assert sheet_name(Scope()) == "trades.csv"
    assert sheet_name(Scope("Tara <live> 1/2")) == "trades-tara-live-1-2.csv"
    assert sheet_name(Scope("…")) == "trades-all.csv"


# /chart

BARS = [Bar(NOON, 1.0840, 1.0860, 1.0830, 1.0850, 1)]


def a_chart(*held: object) -> Chart:
    positions = [one for one in held if hasattr(one, "identifier")]
    orders = [one for one in held if not hasattr(one, "identifier")]
    return Chart("EURUSD", Timeframe.H1, ACCOUNT, "USD", positions, orders)  # type: ignore[arg-type]


def test_one_position_has_its_zones() -> None:
    drawn, left_out = levels(a_chart(a_position(take_profit=D("1.089"))), BARS)
    assert drawn == {"Entry": D("1.08500"), "SL": D("1.082"), "TP": D("1.089")}
    assert left_out == 0


def test_several_are_told_apart_and_far_ones_left_out() -> None:
    far = an_order(symbol="EURUSD", price_open=D("1.2"))
    near = an_order(2, symbol="EURUSD", price_open=D("1.0835"))
    held = [a_position(1), a_position(2, price_open=D("1.084"), side=Side.SELL, stop_loss=D("1.087"))]
    drawn, left_out = levels(a_chart(*held, far, near), BARS)
    assert drawn == {
        "▲ 0.10": D("1.08500"),
        "SL": D("1.082"),
        "▼ 0.10": D("1.084"),
        "SL #2": D("1.087"),
        "▽ 0.50": D("1.0835"),
    }
    assert left_out == 1


def test_what_is_too_much_for_one_picture_is_counted() -> None:
    held = [a_position(number, price_open=D("1.08") + D(number) / 10_000) for number in range(12)]
    drawn, left_out = levels(a_chart(*held), BARS)
    assert len(drawn) <= 10
    assert left_out == 24 - 10


def test_the_caption_of_a_chart() -> None:
    chart = a_chart(a_position(1), an_order(symbol="EURUSD"))
    check_shown("chart", lambda words: caption(chart, 1, words), caption=True)
    check_shown("chart-nothing-held", lambda words: caption(a_chart(), 0, words), caption=True)
    wide = [
        a_position(n, symbol="W" * 32, volume=D("123456.78"), price_open=D("123456.12345"), profit=HUGE)
        for n in range(60)
    ]
    longest = replace(
        a_chart(*wide, *[an_order()] * 60),
        symbol="W" * 32,
        account=replace(ACCOUNT, label=HTML),
        currency="W" * 20,
    )
    check_shown("chart-longest", lambda words: caption(longest, 999, words), caption=True)


def test_no_number_is_lost_in_a_sign() -> None:
    assert Words().signed(Decimal("-0.4")) == "−0.4"
