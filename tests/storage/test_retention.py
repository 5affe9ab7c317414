"""Whatever belongs to something open stays, however old it is; all else goes with its time.

Random lives of signals on two accounts are kept, and what is left of them afterwards is compared with what a
reader of the rules, in plain Python, would have left.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, insert, select

from core.model.approvals import Approval, ApprovalState
from core.model.divergences import DivergenceKind
from core.model.events import Event, Notice, NoticeKind, Priority
from core.model.ids import ApprovalId, IntentId, SignalId, TradeId
from core.model.incidents import Trouble
from core.model.policies import Danger, MarketAction
from core.model.records import Record
from core.model.risk import LiquidationState, LockKind, Place
from core.model.signals import Signal
from core.model.trades import Intent, IntentState, Trade, TradeState
from storage.rows import values_of
from storage.store import SqlStore
from storage.tables import (
    OutboxState,
    approvals,
    drawdown_alerts,
    events,
    files,
    incidents,
    intents,
    liquidations,
    locks,
    marks,
    metadata,
    outbox,
    reconciliation_log,
    sent_messages,
    signals,
    trades,
)
from tests.storage.samples import (
    NOW,
    Desk,
    a_desk,
    a_divergence,
    a_signal,
    a_trade,
    an_approval,
    an_intent,
    keep,
)

CUT = timedelta(days=400)
BEFORE = NOW - CUT
OVER = {ApprovalState.REJECTED, ApprovalState.EXPIRED, ApprovalState.WITHDRAWN}
ASKED_FOR = ["door.refused", "door.stranger", "health.build", "market.break_even", "consent.accepted"]


@dataclass
class Lives:
    """Rows by table, as they are inserted, and what an event needs to know of them."""

    chance: random.Random
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))

    def add(self, table: Table, **row: Any) -> dict[str, Any]:
        self.rows.setdefault(table, []).append(row)
        return row

    def of(self, table: Table) -> Sequence[dict[str, Any]]:
        return self.rows.get(table, [])

    def ago(self) -> datetime:
        return NOW - timedelta(days=self.chance.randint(0, 800), seconds=self.chance.randint(0, 86_400))

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def maybe(self) -> datetime | None:
        return self.ago() if self.chance.random() < 0.7 else None


def live(lives: Lives, desk: Desk) -> None:
    """A signal with all that may come of it."""
    chance, number, began = lives.chance, next(lives.numbers), lives.ago()
    signal = replace(a_signal(desk.source, f"x{number}"), id=SignalId(lives.uuid()), received_at=began)
    lives.add(signals, **values_of(signal), webhook_id=f"m{number}", digest="0")
    trace = str(signal.id)
    if chance.random() < 0.85:
        approval = replace(
            an_approval(signal, desk.account),
            id=ApprovalId(lives.uuid()),
            state=chance.choice(list(ApprovalState)),
            expires_at=began,
        )
        lives.add(approvals, **values_of(approval))
        _message(lives, desk, NoticeKind.CARD, str(approval.id))
        if chance.random() < 0.6:
            _order(lives, desk, signal, approval, began)
    for _ in range(2):
        lives.add(events, **values_of(Event("order.sent", lives.ago(), "1", trace=trace)))


def _order(lives: Lives, desk: Desk, signal: Signal, approval: Approval, began: datetime) -> None:
    states = [state for state in IntentState if state is not IntentState.SENDING]
    intent: Intent = replace(
        an_intent(desk.account, approval=approval),
        id=IntentId(next(lives.numbers)),
        state=lives.chance.choice(states),
        created_at=began,
    )
    lives.add(intents, **values_of(intent))
    if intent.state is not IntentState.FILLED:
        return
    trade: Trade = replace(
        a_trade(desk.account, next(lives.numbers), intent),
        id=TradeId(lives.uuid()),
        signal_id=signal.id,
        opened_at=began,
        state=lives.chance.choice(list(TradeState)),
    )
    lives.add(trades, **values_of(trade))
    _divergence(lives, desk, trade.position)


def _message(lives: Lives, desk: Desk, kind: NoticeKind, subject: str) -> None:
    lives.add(
        sent_messages,
        kind=kind,
        subject=subject,
        person_id=desk.person.id,
        chat_id=1,
        message_id=2,
        has_photo=False,
        sent_at=lives.ago(),
    )


def _divergence(lives: Lives, desk: Desk, position: int) -> None:
    found = a_divergence(desk.account, DivergenceKind.SLIPPAGE, position)
    row = lives.add(
        reconciliation_log,
        id=next(lives.numbers),
        **values_of(found),
        status=1,
        key=found.key,
        found_at=NOW,
        ended_at=lives.maybe(),
    )
    _message(lives, desk, NoticeKind.DIVERGENCE, str(row["id"]))


def background(lives: Lives, desk: Desk, *, running: bool) -> None:
    """What else is written down of an account, which is just being liquidated or not."""
    chance, account, person = lives.chance, desk.account.id, desk.person.id
    for over in (True, False) if running else (True,):
        row = lives.add(
            liquidations,
            id=next(lives.numbers),
            account_id=account,
            state=LiquidationState.LOCKED if over else LiquidationState.CLOSING,
            reason="",
            started_at=lives.ago(),
            fires_at=NOW,
            clean_reads=0,
            attempts=0,
            in_doubt=False,
            finished_at=lives.ago() if over else None,
        )
        _message(lives, desk, NoticeKind.LIQUIDATION, str(row["id"]))
    _message(lives, desk, NoticeKind.STATUS, "desk")
    for number in range(12):
        _divergence(lives, desk, next(lives.numbers))
        name = chance.choice([*ASKED_FOR, "drawdown.warned", "drawdown.warned"])
        lives.add(events, **values_of(Event(name, lives.ago(), "x", account_id=account)))
        notice = Notice(person, NoticeKind.ALERT, "x", Priority.NOTICE)
        timed = {
            "created_at": lives.ago(),
            "due_at": NOW,
            "attempts": 0,
            "in_doubt": False,
            "id": next(lives.numbers),
        }
        lives.add(outbox, **values_of(notice), state=chance.choice(list(OutboxState)), **timed)
        lives.add(files, key=f"{account} {number}", file_id="f", uploaded_at=lives.ago())
        zero = {"peak": Decimal(0), "equity": Decimal(0), "level": Decimal(0)}
        of_it = {"id": next(lives.numbers), "account_id": account}
        lives.add(drawdown_alerts, **of_it, kind="warned", at=lives.ago(), **zero)
        place = Place(account, instrument=str(number))
        lives.add(
            locks,
            id=next(lives.numbers),
            kind=LockKind.PAUSE,
            reason="",
            set_at=NOW,
            released_at=lives.maybe(),
            place=place.key,
            account_id=account,
            instrument=place.instrument,
        )
        marked = {"symbol": str(number), "danger": Danger.GAP, "action": MarketAction.ALERT, "reason": ""}
        lasted = {"positions": (), "began_at": NOW, "ended_at": lives.maybe()}
        lives.add(marks, id=next(lives.numbers), account_id=account, **marked, **lasted)
    for trouble in Trouble:
        told = {"trouble": trouble, "sentence": "", "began_at": NOW, "ended_at": lives.maybe()}
        lives.add(incidents, id=next(lives.numbers), account_id=account, **told)


Row = dict[str, Any]


def old(row: Row, column: str) -> bool:
    return row[column] is not None and row[column] < BEFORE


def ids(rows: Sequence[Row], column: str, wanted: Callable[[Row], bool]) -> set[Any]:
    return {row[column] for row in rows if wanted(row)}


def is_unfinished(intent: Row) -> bool:
    return not intent["state"].is_final


def is_open(trade: Row) -> bool:
    return trade["state"] is TradeState.OPEN


def is_pending(approval: Row) -> bool:
    return approval["state"] is ApprovalState.PENDING


def gone(lives: Lives) -> Mapping[Table, Callable[[Row], bool]]:
    """Of each table which rows go, from reading the rules."""
    trading = ids(lives.of(trades), "intent_id", is_open)
    ordered = ids(lives.of(intents), "approval_id", lambda i: is_unfinished(i) or i["id"] in trading)
    cards = {str(each) for each in ids(lives.of(approvals), "id", is_pending) | ordered}
    open_signals = (
        ids(lives.of(approvals), "signal_id", is_pending)
        | ids(lives.of(intents), "signal_id", is_unfinished)
        | ids(lives.of(trades), "signal_id", is_open)
    )
    running = [row for row in lives.of(liquidations) if row["finished_at"] is None]
    lasting = ids(lives.of(reconciliation_log), "id", lambda row: row["ended_at"] is None)
    alive = {NoticeKind.CARD: cards, NoticeKind.LIQUIDATION: {str(row["id"]) for row in running}}
    alive[NoticeKind.DIVERGENCE] = {str(each) for each in lasting}
    begun = [
        *((row["account_id"], row["opened_at"]) for row in lives.of(trades) if is_open(row)),
        *((row["account_id"], row["created_at"]) for row in lives.of(intents) if is_unfinished(row)),
        *((row["account_id"], row["started_at"]) for row in running),
    ]
    positions = ids(lives.of(trades), "position", is_open)
    asked = ids(lives.of(intents), "approval_id", lambda _: True)

    def card_goes(row: Row) -> bool:
        return old(row, "expires_at") and row["state"] in OVER and row["id"] not in asked

    still = {row["signal_id"] for row in lives.of(approvals) if not card_goes(row)}

    def event_goes(row: Row) -> bool:
        concerned = any(row["account_id"] == account and at <= row["at"] for account, at in begun)
        traced = row["trace"] in {str(each) for each in open_signals}
        return old(row, "at") and row["name"] not in ASKED_FOR and not concerned and not traced

    return {
        outbox: lambda row: old(row, "created_at") and row["state"] is not OutboxState.WAITING,
        sent_messages: lambda row: (
            old(row, "sent_at")
            and row["kind"] is not NoticeKind.STATUS
            and row["subject"] not in alive[row["kind"]]
        ),
        files: lambda row: old(row, "uploaded_at"),
        drawdown_alerts: lambda row: (
            old(row, "at") and row["account_id"] not in {each["account_id"] for each in running}
        ),
        marks: lambda row: old(row, "ended_at"),
        incidents: lambda row: old(row, "ended_at"),
        locks: lambda row: old(row, "released_at"),
        reconciliation_log: lambda row: old(row, "ended_at") and row["position"] not in positions,
        approvals: card_goes,
        signals: lambda row: old(row, "received_at") and row["id"] not in still,
        events: event_goes,
    }


async def everything(store: SqlStore) -> dict[str, list[str]]:
    """What names the rows of each table."""
    async with store.database.readers.begin() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in await connection.execute(select(*_named(table))))
            for table in metadata.sorted_tables
        }


def _named(table: Table) -> Sequence[Any]:
    """What names a row and is known before it is written: events are counted by the database."""
    return [table.c.at, table.c.name, table.c.trace] if table is events else list(table.primary_key.columns)


@pytest.mark.parametrize("seed", range(3))
async def test_what_a_reader_of_the_rules_would_leave_is_left(store: SqlStore, seed: int) -> None:
    lives = Lives(random.Random(seed))
    desks = [await keep(store, a_desk(number)) for number in (1, 2)]
    for desk, running in zip(desks, (True, False), strict=True):
        for _ in range(25):
            live(lives, desk)
        background(lives, desk, running=running)
    async with store.database.writer.begin() as connection:
        for table in metadata.sorted_tables:
            if written := lives.of(table):
                await connection.execute(insert(table), written)
    before = await everything(store)
    own = {repr((each,)) for desk in desks for each in (desk.signal.id, desk.approval.id)}
    going = gone(lives)
    left = {
        table.name: sorted(
            repr(tuple(row[column.name] for column in _named(table)))
            for row in lives.of(table)
            if not going[table](row)
        )
        for table in going
    }
    await _remove_all(store)
    after = await everything(store)
    for name, rows in left.items():
        assert set(after[name]) - own == set(rows), name
        assert len(after[name]) < len(before[name]), f"nothing of {name} went: the test shows nothing"
    for name in after.keys() - left.keys():
        assert after[name] == before[name], name


async def _remove_all(store: SqlStore) -> None:
    for record in Record:
        while True:
            async with store.read() as tx:
                keys = await tx.retention.overdue(record, BEFORE, 20)
            if not keys:
                break
            assert len(keys) <= 20
            async with store.write() as tx:
                assert await tx.retention.remove(record, BEFORE, keys) == len(keys)
