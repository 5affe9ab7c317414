"""`/api/v1/signals`: sources send signals and read back their own."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from bot.web.gate import SOURCE_HEADER, Gate, parse
from bot.web.problems import ErrorOut
from bot.web.schemas import AcceptedOut, SignalIn, SignalOut, SignalsOut, signal_out
from core.desk import Desk
from core.intake import signatures
from core.intake.accept import accept
from core.model.errors import NotFound
from core.model.ids import SignalId
from core.model.signals import Signal
from core.ports import Tx

_HEADERS = {
    SOURCE_HEADER: "The name of your source.",
    signatures.ID: "Unique per message. The same id with the same body gives the first answer again.",
    signatures.TIMESTAMP: "Seconds since 1970; within 300 s of the desk's clock.",
    signatures.SIGNATURE: "v1,BASE64 of the HMAC-SHA256 of id.timestamp.body; spaces between several.",
}
_SIGNED: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
        for name, text in _HEADERS.items()
    ]
}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": SignalIn.model_json_schema()}},
    }
}


def _errors(**reasons: str) -> dict[int | str, dict[str, Any]]:
    return {int(status[1:]): {"model": ErrorOut, "description": text} for status, text in reasons.items()}


_UNPROVEN = _errors(s401="Not proven to come from this source, now", s429="Too many; see Retry-After")
_WRONG = _errors(
    s400="Not a JSON object",
    s408="The body came too slowly",
    s409="The same id came before with another body",
    s413="Larger than 1 KiB",
    s422="The named field is wrong",
)


def signal_routes(desk: Desk, gate: Gate) -> APIRouter:
    """The routes. Reading is signed in the same way, over the empty body."""
    router = APIRouter(prefix="/api/v1/signals", tags=["signals"])

    @router.post(
        "",
        status_code=202,
        summary="Send a signal",
        responses={**_UNPROVEN, **_WRONG, 200: {"model": AcceptedOut, "description": "Accepted before"}},
        openapi_extra=_SIGNED | _BODY,
    )
    async def send(request: Request, response: Response) -> AcceptedOut:
        message = await gate.admit(request)
        draft = parse(message.body).draft()
        accepted = await accept(desk, message.source, message.delivery, draft)
        if not accepted.created:
            response.status_code = 200
        signal = accepted.signal
        return AcceptedOut(id=str(signal.id), created=accepted.created, expires_at=signal.expires_at)

    @router.get("", summary="Your newest signals", responses=_UNPROVEN, openapi_extra=_SIGNED)
    async def newest(request: Request, limit: Annotated[int, Query(ge=1, le=50)] = 20) -> SignalsOut:
        message = await gate.admit(request)
        async with desk.store.read() as tx:
            signals = await tx.signals.recent(limit, message.source.id)
            return SignalsOut(signals=[await _with_approvals(tx, signal) for signal in signals])

    @router.get(
        "/{signal_id}",
        summary="One of your signals",
        responses={**_UNPROVEN, **_errors(s404="No such signal of yours")},
        openapi_extra=_SIGNED,
    )
    async def one(request: Request, signal_id: UUID) -> SignalOut:
        message = await gate.admit(request)
        async with desk.store.read() as tx:
            signal = await tx.signals.get(SignalId(signal_id))
            if signal is None or signal.source_id != message.source.id:
                raise NotFound("There is no such signal of yours.")
            return await _with_approvals(tx, signal)

    return router


async def _with_approvals(tx: Tx, signal: Signal) -> SignalOut:
    states = Counter(approval.state for approval in await tx.approvals.of_signal(signal.id))
    return signal_out(signal, dict(states))
