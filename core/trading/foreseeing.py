"""What is certain to refuse a tap on *Approve*: told on the card beforehand, until it is over."""

from collections import deque
from dataclasses import dataclass, field, replace
from decimal import Decimal

from core.alerts import refresh_card
from core.bell import OUTBOX
from core.desk import Desk
from core.model.approvals import Approval
from core.model.errors import NotFound, Refused
from core.ports import Tx
from core.readings import last_reading
from core.risk.entries import JUST_NOW, Entry, check_entry, check_open, under_way
from core.risk.limits import Wanted
from core.trading.cases import Case, find_case
from core.trading.openrisk import check_stops
from core.trading.sizing import FACTORS

LOOK_S = 2.0
EVERY_LOOKS = 30
"""Each so manieth look is at all cards; the others are at those that tell of an obstacle."""
AT_ONCE = 50


async def foreseen(desk: Desk, approval: Approval) -> Approval:
    """With the obstacle of now, which is noted; unchanged when it is decided."""
    if not approval.is_open:
        return approval
    async with desk.store.read() as tx:
        case = await find_case(tx, approval.id)
        obstacle = await obstacle_of(desk, tx, case)
    if obstacle == case.approval.obstacle:
        return case.approval
    async with desk.store.write() as tx:
        await tx.approvals.foresee(approval.id, obstacle)
        return (await find_case(tx, approval.id)).approval


async def obstacle_of(desk: Desk, tx: Tx, case: Case) -> str | None:
    """Why *Approve* would be refused, as far as it is known without asking the terminal: by the account's
    newest reading. Prices are not among it: they come back within seconds."""
    try:
        await _check(desk, tx, case)
    except Refused as refusal:
        return str(refusal)
    return None


async def smaller_would_do(desk: Desk, approval: Approval) -> bool:
    """Whether the size alone is in the way of *Approve*, and less of it would not be."""
    if approval.obstacle is None or approval.lots is None:
        return False
    least = replace(approval, lots=approval.lots * min(FACTORS) / approval.factor)
    async with desk.store.read() as tx:
        case = await find_case(tx, approval.id)
        return await obstacle_of(desk, tx, replace(case, approval=least)) is None


async def _check(desk: Desk, tx: Tx, case: Case) -> None:
    """Raises Refused."""
    account = case.account
    person = await tx.people.get(account.person_id)
    if person is not None and not person.consented:
        raise Refused("Please accept the risk text first: /start")
    await check_open(desk, tx, account, case.place)
    snapshot = await last_reading(desk, tx, account.id)
    if snapshot is None:
        return
    obstacle = snapshot.account.trading_obstacle()
    if obstacle is not None:
        raise Refused(f"No order can be sent now: {obstacle}.")
    check_stops(account.policy, snapshot)
    coming = await under_way(tx, account.id, snapshot.account.read_at - JUST_NOW)
    wanted = Wanted(case.approval.lots or Decimal(0))
    await check_entry(desk, tx, Entry(account, case.place, wanted, snapshot, coming))


@dataclass(slots=True)
class Lookout:
    """Keeps open cards true about what is in the way of *Approve*."""

    desk: Desk
    _locks: tuple[int, ...] = field(default=(), init=False)
    _looks: int = field(default=0, init=False)
    _waiting: deque[Approval] = field(default_factory=deque, init=False)

    async def keep(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await self.desk.clock.sleep(LOOK_S)

    async def look(self) -> int:
        """Bring up to date the cards whose obstacle has come or gone; returns how many.

        In turn all of them after a lock was set or released and from time to time, for what the clock or the
        broker puts in the way; else those that have one. So many at once: a thousand must not hold up others.
        """
        await self._line_up()
        batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        return sum([await self._refreshed(approval) for approval in batch])

    async def _line_up(self) -> None:
        async with self.desk.store.read() as tx:
            locks = tuple(lock.id for lock in await tx.locks.active())
            every = locks != self._locks or self._looks % EVERY_LOOKS == 0
            if every or not self._waiting:
                self._waiting = deque(await tx.approvals.pending(obstructed=not every))
        self._locks, self._looks = locks, self._looks + 1

    async def _refreshed(self, approval: Approval) -> bool:
        try:
            seen = await foreseen(self.desk, approval)
        except NotFound:
            return False
        if seen.obstacle == approval.obstacle:
            return False
        async with self.desk.store.write() as tx:
            await refresh_card(tx, self.desk.clock.now(), approval.id, approval.person_id)
        self.desk.bell.ring(OUTBOX)
        return True
