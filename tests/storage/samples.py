"""Values to store; `replace` them where a test wants another."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from core.model.accounts import Account, RiskPolicy, Source, TerminalKind
from core.model.approvals import Approval, ApprovalState
from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import AccountId, ApprovalId, PersonId, SignalId, SourceId, TradeId, new_intent_id
from core.model.instruments import Side
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState, MT5Order, MT5Position
from core.model.people import Person, Role
from core.model.requests import Request, RequestKind, RequestState
from core.model.signals import OrderKind, Signal
from core.model.trades import Intent, IntentKind, IntentState, Trade
from core.ports import Delivery, Store

NOW = datetime(2026, 11, 21, 3, 0, 0, 123457, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DELIVERY = Delivery(webhook_id="msg_1", digest="0" * 64)
BIG = 2**62 + 1
"""A ticket that a float would round."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One person with one account, and one signal that waits for them."""

    person: Person
    account: Account
    source: Source
    signal: Signal
    approval: Approval


def a_desk(telegram_id: int = 7_000_000_001) -> Desk:
    person = a_person(telegram_id)
    account = an_account(person, login=telegram_id)
    source = a_source(f"source {telegram_id}")
    signal = a_signal(source)
    return Desk(person, account, source, signal, an_approval(signal, account))


async def keep(store: Store, desk: Desk) -> Desk:
    """Store all of it."""
    async with store.write() as tx:
        await tx.people.add(desk.person)
        await tx.accounts.add(desk.account, "hunter2")
        await tx.sources.add(desk.source, ["whsec_new", "whsec_old"])
        await tx.signals.add(desk.signal, DELIVERY)
        await tx.approvals.add_all([desk.approval])
    return desk


def a_person(telegram_id: int, *roles: Role, name: str = "Ann") -> Person:
    return Person(PersonId(uuid4()), telegram_id, name, frozenset(roles or {Role.TRADER}))


def an_account(person: Person, login: int = 1001) -> Account:
    policy = RiskPolicy(risk_percent=Decimal("0.75"), fixed_lots=Decimal("0.10"), warn_at=(Decimal("0.5"),))
    symbols = {"XAUUSD": "GOLD.m"}
    return Account(
        AccountId(uuid4()), person.id, "Main", TerminalKind.PAPER, "", login, "Paper", policy, symbols
    )


def a_source(name: str = "alpha") -> Source:
    return Source(SourceId(uuid4()), name, frozenset({"EURUSD", "XAUUSD"}), 12, timedelta(seconds=90))


def a_signal(source: Source, external_id: str = "s-1") -> Signal:
    return Signal(
        id=SignalId(uuid4()),
        source_id=source.id,
        source_name=source.name,
        external_id=external_id,
        instrument="EURUSD",
        side=Side.SELL,
        kind=OrderKind.LIMIT,
        entry=Decimal("1.10000"),
        entry_zone=(Decimal("1.09950"), Decimal("1.10050")),
        stop_loss=Decimal("1.1050"),
        take_profits=(Decimal("1.0950"), Decimal("1.09")),
        received_at=NOW,
        expires_at=NOW + 60 * SECOND,
        note="Über «resistance»",
    )


def an_approval(signal: Signal, account: Account) -> Approval:
    return Approval(
        ApprovalId(uuid4()),
        signal.id,
        account.person_id,
        account.id,
        ApprovalState.PENDING,
        version=1,
        expires_at=signal.expires_at,
    )


def an_intent(
    account: Account, kind: IntentKind = IntentKind.OPEN, approval: Approval | None = None
) -> Intent:
    return Intent(
        id=new_intent_id(NOW),
        account_id=account.id,
        kind=kind,
        state=IntentState.NEW,
        symbol="EURUSD",
        side=Side.BUY,
        order_kind=OrderKind.MARKET,
        volume=Decimal("0.30"),
        created_at=NOW,
        expires_at=NOW + 30 * SECOND,
        approval_id=approval.id if approval else None,
        signal_id=approval.signal_id if approval else None,
        price=Decimal("1.10003"),
        stop_loss=Decimal("1.09"),
        position=BIG,
    )


def a_trade(account: Account, position: int, intent: Intent | None = None) -> Trade:
    return Trade(
        id=TradeId(uuid4()),
        account_id=account.id,
        intent_id=intent.id if intent else None,
        signal_id=None,
        position=position,
        symbol="EURUSD",
        side=Side.BUY,
        volume=Decimal("0.30"),
        expected_price=Decimal("1.10003"),
        open_price=Decimal("1.10010"),
        stop_loss=Decimal("1.09"),
        take_profit=None,
        opened_at=NOW,
    )


def a_request(desk: Desk) -> Request:
    return Request(
        0,
        desk.person.id,
        desk.account.id,
        RequestKind.STOP,
        RequestState.TYPING,
        BIG,
        "EURUSD",
        Side.BUY,
        Decimal("0.10"),
        NOW + 30 * SECOND,
        level=Decimal("1.0820"),
    )


def a_divergence(
    account: Account, kind: DivergenceKind = DivergenceKind.SLIPPAGE, position: int = BIG, size: str = "5.5"
) -> Divergence:
    return Divergence(account.id, kind, position, "EURUSD", Decimal(size), "pips", {"expected": "1.10"})


def a_snapshot(equity: str = "10012.34") -> MT5AccountSnapshot:
    state = MT5AccountState(
        login=1001,
        server="Paper",
        name="Ann",
        currency="USD",
        leverage=100,
        trade_mode=0,
        margin_mode=2,
        fifo_close=False,
        balance=Decimal("10000.00"),
        credit=Decimal("0"),
        equity=Decimal(equity),
        profit=Decimal("12.34"),
        margin=Decimal("33.00"),
        margin_free=Decimal("9979.34"),
        trade_allowed=True,
        trade_expert=True,
        terminal_trade_allowed=False,
        tradeapi_disabled=False,
        ping_us=41_000,
        build=5000,
        read_at=NOW,
    )
    position = MT5Position(
        ticket=BIG,
        identifier=BIG + 1,
        symbol="GOLD.m",
        side=Side.SELL,
        volume=Decimal("0.10"),
        price_open=Decimal("2650.10"),
        price_current=Decimal("2649.90"),
        stop_loss=None,
        take_profit=Decimal("2600.0"),
        profit=Decimal("2.00"),
        swap=Decimal("-0.31"),
        magic=BIG,
        comment="td1",
        opened_at=NOW,
        updated_at=NOW + SECOND,
        reason=3,
    )
    order = MT5Order(
        ticket=5,
        position_id=0,
        symbol="EURUSD",
        type=2,
        state=1,
        volume_initial=Decimal("0.10"),
        volume_current=Decimal("0.10"),
        price_open=Decimal("1.05"),
        stop_loss=None,
        take_profit=None,
        magic=0,
        comment="",
        setup_at=NOW,
        done_at=None,
        reason=0,
    )
    return MT5AccountSnapshot(state, (position,), (order,))
