"""For the machines around the desk: alive, ready, measured."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from pydantic import BaseModel

SLICE = 200
"""Samples that are rendered without a pause: about a millisecond."""


class Health(Protocol):
    """What the running desk tells of itself."""

    @property
    def registry(self) -> CollectorRegistry:
        """All metrics of this desk."""

    async def ready(self) -> Mapping[str, str]:
        """What keeps the desk from doing its work, by part, in a few words; empty when nothing does."""


class AliveOut(BaseModel):
    status: str = "alive"


class ReadyOut(BaseModel):
    """`problems` by the part that has one."""

    ready: bool
    problems: dict[str, str]


def status_routes(health: Health) -> APIRouter:
    router = APIRouter(tags=["status"])

    @router.get("/healthz", summary="The process answers")
    async def alive() -> AliveOut:
        return AliveOut()

    @router.get(
        "/readyz",
        response_model=ReadyOut,
        summary="The desk does its work",
        responses={503: {"model": ReadyOut, "description": "Something keeps it from that"}},
    )
    async def ready(problems: Annotated[Mapping[str, str], Depends(health.ready)]) -> JSONResponse:
        answer = ReadyOut(ready=not problems, problems=dict(problems))
        return JSONResponse(answer.model_dump(), 503 if problems else 200)

    @router.get("/metrics", response_class=Response, summary="Metrics in Prometheus' text format")
    async def metrics() -> Response:
        return Response(await _exposition(health.registry), media_type=CONTENT_TYPE_LATEST)

    return router


@dataclass(frozen=True, slots=True)
class _One:
    """A registry of one family, as `generate_latest` asks for it."""

    family: Metric

    def collect(self) -> Sequence[Metric]:
        return (self.family,)


async def _exposition(registry: CollectorRegistry) -> bytes:
    """Rendered a slice at a time: the loop has its turn in between, however many accounts there are."""
    told = []
    for family in registry.collect():
        for part in _slices(family):
            told.append(part)
            await asyncio.sleep(0)
    return b"".join(told)


def _slices(family: Metric) -> Iterator[bytes]:
    """The family's text, of so many samples each; the two lines that describe it come once."""
    for begin in range(0, len(family.samples) or 1, SLICE):
        part = copy(family)
        part.samples = family.samples[begin : begin + SLICE]
        text = generate_latest(_One(part))
        yield text.split(b"\n", 2)[2] if begin else text
