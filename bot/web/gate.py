"""The front door: who sends what, before anything of it is parsed.

Order of the checks: failures of this address, size, signature, rate of the source. Only then is the body
read as JSON.
"""

import asyncio
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from fastapi import Request
from pydantic import ValidationError

from bot.web.limits import Buckets, Failures
from bot.web.problems import Problem, printable, too_many
from bot.web.schemas import SignalIn
from core.desk import Desk
from core.intake.signatures import BadSignature, verify
from core.model.accounts import Source
from core.ports import Delivery

SOURCE_HEADER = "x-tapdesk-source"
MAX_BODY_BYTES = 1024
_BODY_DEADLINE_S = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """A request that is proven to come from `source`, within its rate."""

    source: Source
    delivery: Delivery
    body: bytes


class Gate:
    """Lets signed requests in and keeps count of who failed and who sent."""

    def __init__(self, desk: Desk, failures: Failures) -> None:
        self._desk = desk
        self._failures = failures
        self._requests = Buckets(desk.clock.monotonic)

    async def admit(self, request: Request) -> Message:
        """The signed message. Raises Problem 408, 413 or 429, and BadSignature."""
        self._failures.refuse_many(request)
        body = await read_body(request)
        try:
            source, delivery = await self._verified(request, body)
        except BadSignature:
            self._failures.count(request)
            raise
        if wait := self._requests.use((source.id, request.method), source.per_minute):
            raise too_many(wait)
        return Message(source, delivery, body)

    async def _verified(self, request: Request, body: bytes) -> tuple[Source, Delivery]:
        name = request.headers.get(SOURCE_HEADER, "")
        if not name.isprintable():
            raise BadSignature(f"{SOURCE_HEADER} names no source.")
        async with self._desk.store.read() as tx:
            source = await tx.sources.by_name(name)
            secrets = await tx.sources.secrets(source.id) if source else ()
        if source is None:
            raise BadSignature(f"{SOURCE_HEADER} names no source.")
        return source, verify(secrets, request.headers, body, self._desk.clock.now())


async def read_body(request: Request) -> bytes:
    """The body of at most 1 KiB; a longer one is refused as soon as that is known."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:9]) > MAX_BODY_BYTES:
        raise _too_large()
    body = b""
    try:
        async with asyncio.timeout(_BODY_DEADLINE_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise _too_large()
    except TimeoutError:
        raise Problem(408, "too_slow", f"The body took longer than {_BODY_DEADLINE_S:.0f} s.") from None
    return body


def _too_large() -> Problem:
    return Problem(413, "too_large", f"The body is larger than {MAX_BODY_BYTES} bytes.")


def parse(body: bytes) -> SignalIn:
    """The signal in a body. Raises Problem 400 when it is no JSON object, 422 when a field is wrong."""
    try:
        fields = json.loads(body.decode(), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError):
        raise Problem(400, "malformed", "The body is not JSON in UTF-8.") from None
    if not isinstance(fields, dict):
        raise Problem(400, "malformed", "The body is not a JSON object.")
    try:
        return SignalIn.model_validate(fields)
    except ValidationError as error:
        raise _wrong_field(error) from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _wrong_field(error: ValidationError) -> Problem:
    """The first wrong field. A name that is not ours is cut and cleaned, a value is never repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return Problem(422, "invalid_field", first["msg"], field=printable(field) or None)
