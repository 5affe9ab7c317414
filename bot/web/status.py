"""For the machines around the desk: alive, ready, measured."""

from collections.abc import Mapping
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel


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
        return Response(generate_latest(health.registry), media_type=CONTENT_TYPE_LATEST)

    return router
