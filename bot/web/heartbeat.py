"""`/api/v1/heartbeat`: the desk's pulse, for who has an API key."""

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from bot.web.keys import REFUSALS, Keyring
from bot.web.parameters import only
from bot.web.problems import Problem, errors
from core.desk import Desk
from core.model.heartbeat import Ages, HeartbeatMetrics, Lag, Tally


class QueuesOut(BaseModel):
    """`intents` by state and `outbox` by priority; what is empty is left out."""

    intents: dict[str, int]
    outbox: dict[str, int]
    approvals: int


class HeartbeatOut(BaseModel):
    """The last beat, of which there is one every ten seconds."""

    at: datetime
    loop_lag: Lag
    accounts: list[Ages] = Field(description="Ages in seconds; null for never.")
    queues: QueuesOut
    outbox_lag_s: float
    divergences: dict[str, int] = Field(description="That somebody still has to look at, by kind.")
    total: Tally = Field(description="Since the desk started.")
    interval: Tally = Field(description="Since the beat before.")
    memory_bytes: int


def heartbeat_routes(desk: Desk, keyring: Keyring) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["status"], dependencies=[Depends(keyring.admit)])

    @router.get(
        "/heartbeat",
        summary="How fast the desk's heart beats and what waits",
        responses=REFUSALS | errors(s503="The desk has just started"),
        dependencies=[Depends(only())],
    )
    async def heartbeat() -> HeartbeatOut:
        beat = desk.board.heartbeat
        if beat is None:
            raise Problem(503, "starting", "There was no heartbeat yet; ask again in a few seconds.")
        return _shown(beat)

    return router


def _shown(beat: HeartbeatMetrics) -> HeartbeatOut:
    outbox = {priority.name.lower(): number for priority, number in beat.queues.outbox.items()}
    intents = {state.value: number for state, number in beat.queues.intents.items()}
    return HeartbeatOut(
        at=beat.at,
        loop_lag=beat.lag,
        accounts=list(beat.accounts),
        queues=QueuesOut(intents=intents, outbox=outbox, approvals=beat.queues.approvals),
        outbox_lag_s=beat.outbox_lag_s,
        divergences={kind.value: number for kind, number in beat.divergences.items()},
        total=beat.total,
        interval=beat.interval,
        memory_bytes=beat.memory_bytes,
    )
