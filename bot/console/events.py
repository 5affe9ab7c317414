"""`tapdesk events`: the audit trail as JSON lines, beside a running desk or without one."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import typer

from bot.app import stop_on_signals
from bot.opening import open_store
from bot.readings.trail import line
from bot.settings import Settings, SettingsError
from core.model.events import EventFilter, Recorded
from core.model.ids import AccountId
from core.ports import Store

BATCH = 500
FOLLOW_S = 1.0
"""How often what is new is looked for while following."""

_AGO = re.compile(r"(\d{1,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, option: str, now: datetime) -> datetime | None:
    """What `--since` or `--until` means; UTC where no offset is given, None for nothing.

    Raises SettingsError for what is neither a time nor an age such as 90m or 1d.
    """
    if not text:
        return None
    try:
        if age := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):  # an age can be older than the calendar
        example = f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}"
        raise SettingsError(
            f"{option}: {text!r} is neither a time such as {example} nor an age such as 90m, 12h or 1d."
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


async def run_events(settings: Settings, wanted: EventFilter, label: str, *, follow: bool) -> int:
    """Print what is wanted, oldest first, a line for each; `follow` goes on until a signal.

    Raises SettingsError for an account that the database does not know.
    """
    async with open_store(settings) as store:
        labels = await _labels(store)
        if label:
            wanted = wanted.of(_named(labels, label))
        try:
            await _print(store, labels, wanted, follow=follow)
        except BrokenPipeError:  # the reader has seen enough, as `head` has
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


async def _labels(store: Store) -> dict[AccountId, str]:
    async with store.read() as tx:
        return {account.id: account.label for account in await tx.accounts.all()}


def _named(labels: Mapping[AccountId, str], label: str) -> AccountId:
    for account, known in labels.items():
        if known == label:
            return account
    names = ", ".join(sorted(labels.values())) or "none"
    raise SettingsError(f"--account: no account is called {label!r}; there are: {names}.")


async def _print(store: Store, labels: dict[AccountId, str], wanted: EventFilter, *, follow: bool) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    last = 0
    while not stop.is_set():
        async for recorded in _pages(store, wanted, last):
            if recorded.event.account_id not in labels:
                labels |= await _labels(store)
            typer.echo(line(recorded, labels))
            last = recorded.id
        if not follow:
            return
        await _either(stop, FOLLOW_S)


async def _either(stop: asyncio.Event, within_s: float) -> None:
    try:
        async with asyncio.timeout(within_s):
            await stop.wait()
    except TimeoutError:
        return


async def _pages(store: Store, wanted: EventFilter, last: int) -> AsyncIterator[Recorded]:
    """Page by page, each read in a transaction of its own, so that nothing is held while a reader waits."""
    while True:
        async with store.read() as tx:
            page = await tx.events.since(last, wanted, BATCH)
        for recorded in page:
            yield recorded
        if len(page) < BATCH:
            return
        last = page[-1].id
