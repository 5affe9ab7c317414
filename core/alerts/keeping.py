"""The task that keeps alerts moving: escalations step by step, what was held when quiet hours are over."""

import structlog

from core.alerts.escalating import look_after
from core.bell import OUTBOX
from core.desk import Desk
from core.model.events import Notice, NoticeKind, Priority
from core.model.ids import PersonId

log = structlog.get_logger(__name__)

LOOK_S = 5.0
HELD = "held"
"""The subject of a digest's notice."""


async def keep_alerts(desk: Desk, escalate_after_s: float) -> None:
    """Until cancelled; what is due is in the database, so a restart loses nothing."""
    while True:
        await look_at_alerts(desk, escalate_after_s)
        await desk.clock.sleep(LOOK_S)


async def look_at_alerts(desk: Desk, escalate_after_s: float) -> None:
    """Do once what is due."""
    async with desk.store.read() as tx:
        lasting = [each.id for each in await tx.escalations.lasting()]
    for number in lasting:
        await _look_after(desk, number, escalate_after_s)
    await _release(desk)


async def _look_after(desk: Desk, number: int, escalate_after_s: float) -> None:
    """Each in its own turn: one that fails keeps no other from being told."""
    try:
        await look_after(desk, number, escalate_after_s)
    except Exception as error:  # a boundary of its own: whatever it was is logged, and tried at the next look
        log.exception("escalation_failed", escalation=number, error=str(error))


async def _release(desk: Desk) -> None:
    """Have each be told in one message what was held for them, once their quiet hours are over."""
    now = desk.clock.now()
    async with desk.store.read() as tx:
        waiting = await tx.preferences.holding()
        wishes = await tx.preferences.of(waiting)
        people = [await tx.people.get(person) for person in waiting]
    awake = [
        each.id
        for each in people
        if each is not None and each.reachable and each.chat_id and not wishes[each.id].is_quiet(now)
    ]
    if awake:
        await _ask_for_digests(desk, awake)


async def _ask_for_digests(desk: Desk, people: list[PersonId]) -> None:
    async with desk.store.write() as tx:
        notices = [Notice(person, NoticeKind.DIGEST, HELD, Priority.DIGEST) for person in people]
        await tx.outbox.put(notices, desk.clock.now())
    desk.bell.ring(OUTBOX)
