"""Accounts, positions and orders as views get them, usual ones and those with the longest values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from bot.views.book import Book
from core.model.accounts import Account, TerminalKind
from core.model.ids import AccountId, IntentId, PersonId
from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Order, MT5Position
from core.model.policies import Danger, MarketAction
from core.model.risk import Mark
from core.model.signals import OrderKind
from core.model.trades import Intent, IntentKind, IntentState

D = Decimal
NOW = datetime(2026, 11, 20, 14, 30, 5, tzinfo=UTC)
HTML = "<b>&\"'" * 20
"""A name of a person's own making: as long as any, and nothing but what must be escaped."""
HUGE = D("-123456789.12")
ACCOUNT = Account(
    AccountId(UUID(int=7)), PersonId(UUID(int=8)), "Tara paper", TerminalKind.PAPER, "t", 70001, "Paper"
)
STATE = MT5AccountState(
    70001, "Paper", "Tara", "USD", 100, 0, 2, False, D("10000"), D(0), D("10012.40"), D("12.40"),
    D("108.5"), D("9903.9"), True, True, True, False, 1000, 4755, NOW - timedelta(seconds=4),
)  # fmt: skip
EURUSD = Instrument(
    "EURUSD", 5, D("0.00001"), D("0.00001"), D("1"), D("100000"), D("0.01"), D("50"), D("0.01"), 0, 0, 3, 2, 4
)


def a_position(number: int = 1, **changes: object) -> MT5Position:
    usual = MT5Position(
        ticket=number,
        identifier=number,
        symbol="EURUSD",
        side=Side.BUY,
        volume=D("0.10"),
        price_open=D("1.08500"),
        price_current=D("1.0862"),
        stop_loss=D("1.082"),
        take_profit=None,
        profit=D("12.00"),
        swap=D("0.40"),
        magic=0,
        comment="",
        opened_at=NOW - timedelta(hours=2, minutes=5),
        updated_at=NOW,
        reason=0,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def an_order(number: int = 1, **changes: object) -> MT5Order:
    usual = MT5Order(
        ticket=number,
        position_id=0,
        symbol="XAUUSD",
        type=3,
        state=1,
        volume_initial=D("0.50"),
        volume_current=D("0.50"),
        price_open=D("2400.5"),
        stop_loss=D("2410.0"),
        take_profit=D("2380.0"),
        magic=0,
        comment="",
        setup_at=NOW - timedelta(minutes=20),
        done_at=None,
        reason=0,
        expires_at=NOW + timedelta(hours=1),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def an_intent(kind: IntentKind = IntentKind.CLOSE, state: IntentState = IntentState.NEW) -> Intent:
    return Intent(
        IntentId(99), ACCOUNT.id, kind, state, "EURUSD", Side.SELL, OrderKind.MARKET, D("0.05"), NOW,
        NOW + timedelta(minutes=1),
    )  # fmt: skip


def a_mark(danger: Danger) -> Mark:
    return Mark(1, ACCOUNT.id, "EURUSD", danger, MarketAction.ALERT, "", (), NOW)


def a_snapshot(*held: MT5Position | MT5Order, currency: str = "USD") -> MT5AccountSnapshot:
    return MT5AccountSnapshot(
        replace(STATE, currency=currency),
        tuple(one for one in held if isinstance(one, MT5Position)),
        tuple(one for one in held if isinstance(one, MT5Order)),
    )


def a_book(*held: MT5Position | MT5Order, mine: bool = True) -> Book:
    """With marks, a source for the first position, pips, and an intent on its way."""
    return Book(
        ACCOUNT,
        a_snapshot(*held),
        [a_mark(Danger.GAP), a_mark(Danger.SPREAD)],
        {1: "momentum"},
        {"EURUSD": D("0.0001")},
        [an_intent()],
        mine=mine,
    )


def longest_book(count: int) -> Book:
    """So many positions and orders, each with the longest values there are."""
    wide = {"symbol": "W" * 32, "stop_loss": D("123456.12345"), "take_profit": D("123456.12345")}
    positions = [
        a_position(
            2**62 + number,
            **wide,
            side=Side.SELL,
            volume=D("123456.78"),
            price_open=D("123456.12345"),
            price_current=D("123456.12345"),
            profit=HUGE,
            swap=HUGE,
            opened_at=NOW - timedelta(days=999, hours=23),
        )
        for number in range(count)
    ]
    orders = [
        an_order(2**62 + number, **wide, type=7, volume_current=D("123456.78"), price_open=D("123456.12345"))
        for number in range(count)
    ]
    book = a_book(*positions, *orders)
    marks = [replace(a_mark(danger), symbol="W" * 32) for danger in Danger]
    sources = {one.identifier: HTML for one in positions}
    intents = [replace(an_intent(), symbol="W" * 32, detail=HTML) for _ in range(20)]
    return replace(
        book,
        account=replace(ACCOUNT, label=HTML),
        marks=marks,
        sources=sources,
        pips={"W" * 32: D("0.0001")},
        coming=intents,
    )
