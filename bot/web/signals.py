"""`/api/v1/signals`: sources send signals and read back their own."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from bot.web.gate import SOURCE_HEADER, Gate, parse
from bot.web.parameters import ANY_ERROR, only
from bot.web.problems import errors, wrong_parameter
from bot.web.schemas import AcceptedOut, SignalIn, SignalOut, SignalsOut, signal_out
from core.desk import Desk
from core.intake import signatures
from core.intake.accept import accept
from core.model.accounts import Source
from core.model.errors import NotFound
from core.model.ids import SignalId
from core.model.signals import Signal
from core.ports import Tx

_LONGEST_PAGE = 50
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


_AT_THE_GATE = errors(
    s401="Not proven to come from this source, now",
    s408="The body came too slowly",
    s413="The body is larger than 1 KiB",
    s429="Too many of this source, or too many failures of this address; see Retry-After",
)
_CONTENT = errors(
    s400="The body is not a JSON object",
    s409="The same webhook-id or external_id came before with another body",
    s422="The named field is wrong",
)
_PARAMETER = ANY_ERROR | errors(s400="A parameter of another name, twice the same, or wrong: which, and why")


def signal_routes(desk: Desk, gate: Gate) -> APIRouter:
    """The routes. Reading is signed in the same way, over the empty body."""
    router = APIRouter(prefix="/api/v1/signals", tags=["signals"])

    @router.post(
        "",
        status_code=202,
        summary="Send a signal",
        responses={**_AT_THE_GATE, **_CONTENT, 200: {"model": AcceptedOut, "description": "Accepted before"}},
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

    @router.get(
        "",
        summary="Your signals, newest first",
        responses={**_AT_THE_GATE, **_PARAMETER},
        openapi_extra=_SIGNED,
        dependencies=[Depends(only("limit", "before"))],
    )
    async def page(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=_LONGEST_PAGE, description="Signals in one answer.")] = 20,
        before: Annotated[UUID | None, Query(description="`next` of the answer before.")] = None,
    ) -> SignalsOut:
        message = await gate.admit(request)
        async with desk.store.read() as tx:
            last = None if before is None else await _own(tx, before, message.source)
            if before is not None and last is None:
                raise wrong_parameter("before", "must be the id of a signal of yours")
            found = await tx.signals.recent(limit + 1, message.source.id, last)
            return await _page(tx, found, limit)

    @router.get(
        "/{signal_id}",
        summary="One of your signals",
        responses={**_AT_THE_GATE, **_PARAMETER, **errors(s404="No such signal of yours")},
        openapi_extra=_SIGNED,
        dependencies=[Depends(only())],
    )
    async def one(request: Request, signal_id: UUID) -> SignalOut:
        message = await gate.admit(request)
        async with desk.store.read() as tx:
            signal = await _own(tx, signal_id, message.source)
            if signal is None:
                raise NotFound("There is no such signal of yours.")
            [shown] = await _shown(tx, [signal])
            return shown

    return router


async def _own(tx: Tx, signal_id: UUID, source: Source) -> Signal | None:
    signal = await tx.signals.get(SignalId(signal_id))
    return signal if signal is not None and signal.source_id == source.id else None


async def _page(tx: Tx, found: Sequence[Signal], limit: int) -> SignalsOut:
    """One more than `limit` is looked for, to know whether there is a next page."""
    signals = found[:limit]
    following = str(signals[-1].id) if len(found) > limit else None
    return SignalsOut(signals=await _shown(tx, signals), next=following)


async def _shown(tx: Tx, signals: Sequence[Signal]) -> list[SignalOut]:
    approvals = await tx.approvals.tally([signal.id for signal in signals])
    return [signal_out(signal, approvals.get(signal.id, {})) for signal in signals]
