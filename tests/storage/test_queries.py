"""No query that runs often walks through a whole table."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from core.model.divergences import Decision, DivergenceKind, LogFilter
from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import IntentId
from core.model.people import Role
from core.model.records import Record
from core.model.risk import LockKind, Place
from core.model.trades import IntentState
from core.ports import Key, Tx
from storage.store import SqlStore
from tests.storage.samples import NOW, a_desk, a_divergence, an_intent, keep

DESK = a_desk()
ACCOUNT, PERSON, SOURCE = DESK.account.id, DESK.person.id, DESK.source.id
CARD = Notice(PERSON, NoticeKind.CARD, "s", Priority.CARD)

KEYS: dict[Record, Key] = {
    Record.MESSAGES: (NoticeKind.CARD, "s", PERSON),
    Record.GROUP_MESSAGES: (NoticeKind.CARD, "s", 1),
    Record.PICTURES: ("k",),
    Record.APPROVALS: (DESK.approval.id,),
    Record.SIGNALS: (DESK.signal.id,),
}


def _overdue(record: Record, tx: Tx) -> Awaitable[object]:
    return tx.retention.overdue(record, NOW, 5)


def _removed(record: Record, tx: Tx) -> Awaitable[object]:
    return tx.retention.remove(record, NOW, [KEYS.get(record, (1,))])


CALLS: dict[str, Callable[[Tx], Awaitable[object]]] = {
    "a person by Telegram id": lambda tx: tx.people.by_telegram_id(1),
    "people by their Telegram ids": lambda tx: tx.people.by_telegram_ids([1, 2]),
    "people with a role": lambda tx: tx.people.with_role(Role.OWNER),
    "accounts of a person": lambda tx: tx.accounts.of_person(PERSON),
    "a source by name": lambda tx: tx.sources.by_name("s"),
    "a signal by webhook id": lambda tx: tx.signals.by_webhook_id(SOURCE, "m"),
    "a signal by external id": lambda tx: tx.signals.by_external_id(SOURCE, "x"),
    "recent signals of a source": lambda tx: tx.signals.recent(5, SOURCE),
    "next page of a source": lambda tx: tx.signals.recent(5, SOURCE, DESK.signal),
    "tally of approvals": lambda tx: tx.approvals.tally([DESK.signal.id]),
    "approvals of a signal": lambda tx: tx.approvals.of_signal(DESK.signal.id),
    "approvals of a person": lambda tx: tx.approvals.of_person(PERSON, 5),
    "overdue approvals": lambda tx: tx.approvals.overdue(NOW),
    "next expiry": lambda tx: tx.approvals.next_expiry(),
    "pending approvals": lambda tx: tx.approvals.count_pending(),
    "unfinished intents": lambda tx: tx.intents.count_unfinished(),
    "decision": lambda tx: tx.approvals.decide(DESK.approval, 1),
    "claim": lambda tx: tx.intents.claim(ACCOUNT, 1, NOW),
    "settle": lambda tx: tx.intents.settle(an_intent(DESK.account), 1, IntentState.SENDING),
    "orphans": lambda tx: tx.intents.orphaned(1),
    "unresolved": lambda tx: tx.intents.unresolved(ACCOUNT),
    "waiting": lambda tx: tx.intents.waiting(ACCOUNT),
    "unfinished": lambda tx: tx.intents.unfinished(ACCOUNT),
    "opened since": lambda tx: tx.intents.opened_since(ACCOUNT, NOW),
    "intents of an approval": lambda tx: tx.intents.of_approval(DESK.approval.id),
    "open trades": lambda tx: tx.trades.open_of(ACCOUNT),
    "trade of a position": lambda tx: tx.trades.on_position(ACCOUNT, 1),
    "trade of an intent": lambda tx: tx.trades.of_intent(IntentId(1)),
    "trades of a person": lambda tx: tx.trades.of_person(PERSON, 5),
    "fills": lambda tx: tx.fills.since(NOW, None, 5),
    "fills of an account": lambda tx: tx.fills.since(NOW, [ACCOUNT], 5),
    "latest snapshot": lambda tx: tx.snapshots.latest(ACCOUNT),
    "thinning": lambda tx: tx.snapshots.superfluous(ACCOUNT, NOW, timedelta(hours=1), 5),
    **{f"old {record}": partial(_overdue, record) for record in Record},
    **{f"removal of {record}": partial(_removed, record) for record in Record},
    "lasting divergences": lambda tx: tx.reconciliation.lasting(ACCOUNT),
    "divergence once": lambda tx: tx.reconciliation.record(
        [a_divergence(DESK.account, DivergenceKind.STOPS)], NOW, ended=True
    ),
    "end of divergences": lambda tx: tx.reconciliation.end([1, 2], NOW),
    "known positions": lambda tx: tx.reconciliation.known_positions(ACCOUNT),
    "refresh": lambda tx: tx.reconciliation.refresh(1, a_divergence(DESK.account)),
    "decision about a divergence": lambda tx: tx.reconciliation.decide(1, Decision.IGNORED, PERSON, NOW),
    "a row of the log": lambda tx: tx.reconciliation.get(1),
    "divergences that count": lambda tx: tx.reconciliation.open_counts(),
    "reconciliation log": lambda tx: tx.reconciliation.page(LogFilter(ACCOUNT), 5),
    "drawdown": lambda tx: tx.drawdowns.get(ACCOUNT),
    "running liquidation": lambda tx: tx.liquidations.running_of(ACCOUNT),
    "active locks": lambda tx: tx.locks.active(Place(ACCOUNT)),
    "release": lambda tx: tx.locks.release(LockKind.PAUSE, Place(ACCOUNT), NOW, PERSON),
    "whether it happened": lambda tx: tx.events.happened("n", "s"),
    "due notices": lambda tx: tx.outbox.due(NOW, 5),
    "due notices of each chat": lambda tx: tx.outbox.due(NOW, 5, 2),
    "collapse": lambda tx: tx.outbox.put([CARD], NOW),
    "oldest waiting": lambda tx: tx.outbox.oldest_waiting(),
    "sent message": lambda tx: tx.outbox.sent(NoticeKind.CARD, "s", PERSON),
    "file": lambda tx: tx.outbox.file_id("k"),
}


class _Plans:
    """Asks SQLite for the plan of every statement before it runs."""

    def __init__(self, store: SqlStore) -> None:
        self.steps: list[str] = []
        self._engine = store.database.writer.sync_engine

    def __enter__(self) -> "_Plans":
        event.listen(self._engine, "before_cursor_execute", self._explain)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._explain)

    def _explain(
        self, _connection: Connection, cursor: Any, statement: str, values: Any, _context: Any, many: bool
    ) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            self.steps += [f"{row[3]}   <- {statement}" for row in cursor.fetchall()]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_it_searches_an_index(store: SqlStore, call: Callable[[Tx], Awaitable[object]]) -> None:
    await keep(store, DESK)
    async with store.write() as tx:
        with _Plans(store) as plans:
            await call(tx)
    assert plans.steps
    assert [step for step in plans.steps if _walks_through_a_table(step)] == []


def _walks_through_a_table(step: str) -> bool:
    """Whatever was made of rows that were searched for is no table; an index of few rows may be walked."""
    of_what_was_found = step.startswith(("SCAN CONSTANT ROW", "SCAN (subquery", "SCAN anon_"))
    of_few_rows = step.startswith(
        (
            "SCAN reconciliation_log USING INDEX uq_reconciliation_log_lasting",
            "SCAN liquidations USING INDEX uq_liquidations_one_running",
        )
    )
    return step.startswith("SCAN") and not (of_what_was_found or of_few_rows)
