"""One account's reconciliation, cycle by cycle: read, match, record, tell. A second run finds nothing new."""

from datetime import timedelta

from core.bell import OUTBOX, account_bell
from core.desk import Desk
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot
from core.model.thresholds import Rules
from core.mt5.session import Session
from core.reconciliation.reading import Book, Seen, conclude, look, recall
from core.reconciliation.recording import NOTHING_RECORDED, Recorded, record

SNAPSHOT_HEARTBEAT = timedelta(minutes=5)


class Reconciler:
    """Reconciles one account; cycles must not overlap.

    It remembers what the last cycle concluded from, so that one in which nothing changed writes nothing. What
    would be missed after a restart is in the database: the first cycle of a life concludes anew, and so does
    each that keeps a snapshot, because others write to the log too. `account` may be changed between cycles.
    """

    def __init__(self, desk: Desk, account: Account, rules: Rules | None = None) -> None:
        self.desk = desk
        self.account = account
        self._rules = rules or Rules()
        self._seen: Seen | None = None
        self._recorded = NOTHING_RECORDED
        self._kept: MT5AccountSnapshot | None = None

    async def sync(self) -> Recorded:
        """Reconcile the account once.

        Raises TerminalError when the terminal cannot be read; then nothing is concluded or written.
        """
        began = self.desk.clock.monotonic()
        session = await self.desk.terminals.session(self.account.id)
        book = await look(self.desk, self.account, session)
        seen = Seen.of(book.trades, book.snapshot)
        if seen != self._seen or not self._recorded.settled or self._is_worth_keeping(book.snapshot):
            await self._conclude(session, book)
            self._seen = seen
        self._show(book.snapshot, self.desk.clock.monotonic() - began)
        return self._recorded

    async def _conclude(self, session: Session, book: Book) -> None:
        known = await recall(self.desk, self.account)
        reading = await conclude(self.desk, known, self._rules, session, book)
        async with self.desk.store.write() as tx:
            recorded = await record(tx, reading, self._recorded)
            kept = self._kept or await tx.snapshots.latest(self.account.id)
            if kept is None or _is_other(kept, book.snapshot):
                await tx.snapshots.save(self.account.id, book.snapshot)
                kept = book.snapshot
        self._recorded, self._kept = recorded, kept
        self.desk.bell.ring(OUTBOX)
        if reading.closings:  # the other legs of a plan may follow
            self.desk.bell.ring(account_bell(self.account.id))

    def _is_worth_keeping(self, snapshot: MT5AccountSnapshot) -> bool:
        return self._kept is None or _is_other(self._kept, snapshot)

    def _show(self, snapshot: MT5AccountSnapshot, took_s: float) -> None:
        """On the board. The first good reading of a life lets the account's openings pass."""
        state = snapshot.account
        self.desk.board.snapshots[self.account.id] = snapshot
        before = self.desk.board.read(
            self.account.id,
            state.read_at,
            self.account.shown_kind(state.kind),
            positions=len(snapshot.positions),
            matched=self._recorded.matched,
            took_s=took_s,
        )
        if before.read_at is None:
            self.desk.bell.ring(account_bell(self.account.id))


def _is_other(before: MT5AccountSnapshot, now: MT5AccountSnapshot) -> bool:
    """Whether positions or the balance changed, or it is time to show that they did not."""
    return (
        now.account.read_at - before.account.read_at >= SNAPSHOT_HEARTBEAT
        or now.account.balance != before.account.balance
        or _held(before) != _held(now)
    )


def _held(snapshot: MT5AccountSnapshot) -> set[tuple[object, ...]]:
    return {(p.identifier, p.volume, p.stop_loss, p.take_profit) for p in snapshot.positions}
