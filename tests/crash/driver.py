"""A program that trades until it is killed: `python -m tests.crash.driver DATABASE_URL PASSWORD [--once]`.

It begins a new life of a desk over a database and paper terminals that are there, approves what waits and
runs the account's loop; with --once it looks until nothing is left and ends.
"""

import asyncio
import sys
from collections.abc import Sequence

from cryptography.fernet import Fernet

from core.desk import Desk
from core.model.accounts import Account
from core.model.approvals import Approval
from core.model.clock import SystemClock
from core.model.errors import DeskError
from core.model.ids import AccountId
from core.mt5.errors import TerminalError
from core.mt5.pool import Pool, make_session
from core.mt5.session import Session
from core.ports import Store
from core.reconciliation.scheduler import Schedule, Scheduler
from core.reconciliation.sync import Reconciler
from core.trading.account_loop import Pace, drain, trade
from core.trading.approving import approve
from core.trading.execution import adopt_orphans
from core.trading.resolution import Quarantine
from storage.engine import connect
from storage.secrets import Vault
from storage.store import SqlStore

KEY = Fernet.generate_key().decode()  # the password comes as an argument; nothing is decrypted
QUARANTINE = Quarantine(opening_s=2.0, other_s=2.0)
"""Longer than the broker of these tests is ever late (1 s)."""


async def begin(store: Store, password: str) -> Desk:
    """A new life, as `tapdesk run` begins one."""
    clock = SystemClock()

    async def open_session(account_id: AccountId) -> Session:
        return make_session(await account_of(store, account_id), password, clock)

    async with store.write() as tx:
        epoch = await tx.intents.new_epoch(clock.now())
    desk = Desk(store, clock, Pool(open_session), epoch)
    await adopt_orphans(desk)
    return desk


async def account_of(store: Store, account_id: AccountId) -> Account:
    async with store.read() as tx:
        account = await tx.accounts.get(account_id)
    assert account is not None
    return account


async def open_cards(desk: Desk) -> Sequence[Approval]:
    async with desk.store.read() as tx:
        [account] = await tx.accounts.all()
        cards = await tx.approvals.of_person(account.person_id, 1_000)
    return [card for card in cards if card.is_open]


async def tap_everything(desk: Desk) -> None:
    """Each open card, twice at once."""
    for card in await open_cards(desk):
        async with desk.store.read() as tx:
            person = await tx.people.get(card.person_id)
        assert person is not None
        taps = (approve(desk, card.id, card.version, person) for _ in range(2))
        for answer in await asyncio.gather(*taps, return_exceptions=True):
            if isinstance(answer, BaseException) and not isinstance(answer, (DeskError, TerminalError)):
                raise answer


async def work(desk: Desk, account: Account) -> None:
    """Until killed."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(Scheduler(desk, Schedule(interval_s=0.5)).watch(account))
        tasks.create_task(trade(desk, account, Pace(idle_s=0.05, busy_s=0.05, quarantine=QUARANTINE)))
        while True:
            await tap_everything(desk)
            await asyncio.sleep(0.02)


async def finish(desk: Desk, account: Account) -> None:
    """Look until nothing is left, then reconcile; before that too, for nothing is opened else."""
    await Reconciler(desk, account).sync()
    await tap_everything(desk)
    while await drain(desk, account, QUARANTINE) or await waits(desk, account):  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await Reconciler(desk, account).sync()


async def waits(desk: Desk, account: Account) -> bool:
    async with desk.store.read() as tx:
        return bool(await tx.intents.waiting(account.id))


async def main(url: str, password: str, *, once: bool) -> None:
    store = SqlStore(connect(url), Vault([KEY]))
    desk = await begin(store, password)
    async with store.read() as tx:
        [account] = await tx.accounts.all()
    await (finish if once else work)(desk, account)
    await desk.terminals.aclose()
    await store.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], once="--once" in sys.argv))
