"""`tapdesk reconcile`: every account read and compared, beside a running desk or without one.

It belongs to no epoch: it records and tells what it finds, and can neither send an order nor settle one.
"""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from html import unescape
from typing import Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.app import stop_on_signals
from bot.console.printing import clock_time, count
from bot.deskfile.roster import Roster, read_roster
from bot.opening import open_store, session_maker
from bot.settings import Settings
from bot.views.divergences.sentences import sentence
from bot.words import Words
from core.desk import Desk
from core.model.accounts import Account
from core.model.clock import SystemClock
from core.model.divergences import LogRow
from core.mt5.pool import Pool
from core.reconciliation.overview import AccountSync, overview
from core.reconciliation.recording import READS_BEFORE_MISSING
from core.reconciliation.scheduler import Schedule, Scheduler
from storage.secrets import Unreadable

NO_EPOCH = 0
BETWEEN_READS_S = 1.0
WIDE = 160
"""Columns of a table that goes into a file or another program."""

_COLUMNS = ("account", "read", "positions", "matched", "divergent", "error")
_SEALED = "The password cannot be decrypted: TAPDESK_SECRET_KEYS lacks the key that it was encrypted with."


class Outcome(IntEnum):
    """The exit status."""

    WELL = 0
    UNREAD = 1
    DIVERGENT = 2


@dataclass(frozen=True, slots=True)
class Findings:
    """What one round has found: every account, and the divergences that somebody has to look at.

    A desk without accounts is not well: most likely this is not the database that was meant.
    """

    accounts: Sequence[AccountSync]
    divergences: Sequence[LogRow]

    @property
    def outcome(self) -> Outcome:
        if self.divergences:
            return Outcome.DIVERGENT
        is_read = self.accounts and not any(each.last.error for each in self.accounts)
        return Outcome.WELL if is_read else Outcome.UNREAD


async def run_reconcile(settings: Settings, *, once: bool) -> int:
    """Round after round until a signal, which is status 0; or one round, whose outcome is the status."""
    roster = read_roster(settings.desk_file)
    stop = asyncio.Event()
    stop_on_signals(stop)
    async with open_bystander(settings, roster) as desk:
        schedule = Schedule(
            settings.sync_interval_s, settings.sync_at_once, settings.sync_at_once, rules=roster.rules()
        )
        outcome = await _unless(stop, _rounds(desk, schedule, once=once))
    if outcome is None:
        return Outcome.UNREAD if once else Outcome.WELL
    return outcome


@asynccontextmanager
async def open_bystander(settings: Settings, roster: Roster) -> AsyncIterator[Desk]:
    """A desk that fences off nobody: another one may run over the same database."""
    clock = SystemClock()
    async with open_store(settings) as store:
        sessions = session_maker(store, clock, settings.mt5_command, roster.pips())
        async with Pool(sessions) as pool:
            yield Desk(store, clock, pool, NO_EPOCH)


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, Outcome]) -> Outcome | None:
    """What comes of `work`; None when it was given up because of `stop`."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.wait({working, stopping})


async def _rounds(desk: Desk, schedule: Schedule, *, once: bool) -> Outcome:
    scheduler = Scheduler(desk, schedule)
    while True:
        began = desk.clock.monotonic()
        findings = await look(desk, scheduler)
        show(findings, desk.clock.now())
        if once:
            return findings.outcome
        await desk.clock.sleep(max(schedule.interval_s - (desk.clock.monotonic() - began), 0))


async def look(desk: Desk, scheduler: Scheduler) -> Findings:
    """Read every account of the database, and what stands in its log then."""
    async with desk.store.read() as tx:
        accounts = await tx.accounts.all()
    async with asyncio.TaskGroup() as group:
        for account in accounts:
            group.create_task(_read(desk, scheduler, account))
    seen = await overview(desk, accounts)
    async with desk.store.read() as tx:
        rows = [
            row for each in seen if each.divergent for row in await tx.reconciliation.lasting(each.account.id)
        ]
    return Findings(seen, [row for row in rows if row.counts])


async def _read(desk: Desk, scheduler: Scheduler, account: Account) -> None:
    """As often as it takes to believe that a position is gone, so that one round tells everything.

    With a moment between, because a position goes before the deal that closed it is listed.
    """
    try:
        for number in range(READS_BEFORE_MISSING):
            await desk.clock.sleep(number * BETWEEN_READS_S)
            if await scheduler.once(account):
                return
    except Unreadable:
        desk.board.failed(account.id, _SEALED)


def show(findings: Findings, at: datetime) -> None:
    """Print the table, and a line for each divergence."""
    if not findings.accounts:
        typer.echo("No account is on the desk yet; tapdesk run takes those of the desk file.")
        return
    Console(width=None if sys.stdout.isatty() else WIDE).print(_table(findings.accounts))
    labels = {each.account.id: each.account.label for each in findings.accounts}
    for row in findings.divergences:
        typer.echo(f"{labels[row.divergence.account_id]}: {_unmarked(sentence(row, Words()))}")
    typer.echo(f"{count(len(findings.divergences), 'divergence')} to look at · {clock_time(at)}")


def _table(accounts: Sequence[AccountSync]) -> Table:
    table = Table(*_COLUMNS, box=SIMPLE_HEAD)
    for each in accounts:
        table.add_row(
            Text(each.account.label), *_seen(each), str(each.divergent), Text(each.last.error or "")
        )
    return table


def _seen(each: AccountSync) -> tuple[str, str, str]:
    """When the account was read last, what it held and what of that was expected."""
    last = each.last
    if last.read_at is None:
        return "never", "?", "?"
    return clock_time(last.read_at), str(last.positions), str(last.matched)


def _unmarked(html: str) -> str:
    """One line, for a reader who sees no HTML."""
    return unescape(re.sub(r"<[^<>]*>", "", html)).replace("\n", " ")
