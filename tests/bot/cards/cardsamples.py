"""Cards for tests of views: a signal, its approval, order and trade, and how a person reads them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from bot.sandbox.html_text import parse_html
from bot.views.cards.card import Card
from bot.views.markup import Rendered
from core.model.accounts import Account, Source, TerminalKind
from core.model.approvals import Approval
from core.model.ids import AccountId, IntentId, PersonId, SourceId, TradeId
from core.model.instruments import Side
from core.model.signals import OrderKind, Signal
from core.model.trades import Intent, IntentKind, IntentState, Trade
from tests.bot.stage import a_signal, an_approval

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NUMBER = UUID(int=7)
HTML = "<b>&\"'" * 200
SOURCE = Source(SourceId(NUMBER), "momentum", frozenset({"EURUSD"}))
ACCOUNT = Account(AccountId(NUMBER), PersonId(NUMBER), "Tara 1", TerminalKind.PAPER, "", 1001, "Paper-Demo")
LONG = Decimal("1234567.12345678")


def signal(**changes: object) -> Signal:
    return a_signal(SOURCE, NOW, **changes)


def approval(**changes: object) -> Approval:
    return replace(an_approval(signal(), ACCOUNT), **changes)  # type: ignore[arg-type]


def shown(**changes: object) -> Card:
    return replace(Card(approval(), signal(), ACCOUNT, "PAPER", "USD"), **changes)  # type: ignore[arg-type]


def intent(state: IntentState = IntentState.FILLED, **changes: object) -> Intent:
    made = Intent(
        id=IntentId(1),
        account_id=ACCOUNT.id,
        kind=IntentKind.OPEN,
        state=state,
        symbol="EURUSD",
        side=Side.BUY,
        order_kind=OrderKind.MARKET,
        volume=Decimal("0.33"),
        created_at=NOW,
        expires_at=NOW,
        price=Decimal("1.08500"),
        filled_volume=Decimal("0.33"),
        filled_price=Decimal("1.08512"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def trade(**changes: object) -> Trade:
    made = Trade(
        id=TradeId(NUMBER),
        account_id=ACCOUNT.id,
        intent_id=IntentId(1),
        signal_id=None,
        position=1,
        symbol="EURUSD",
        side=Side.BUY,
        volume=Decimal("0.33"),
        expected_price=Decimal("1.08500"),
        open_price=Decimal("1.08512"),
        stop_loss=None,
        take_profit=None,
        opened_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def plain(rendered: Rendered) -> str:
    """The text as a person reads it, by the sandbox's parser, which refuses what Telegram refuses."""
    return parse_html(rendered.text)[0]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
