"""Faults and time in the control API."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from bot.sandbox.control.shapes import Advance, NewFault
from bot.sandbox.faults import Fault
from bot.sandbox.model import Json
from bot.sandbox.world import World


def add_faults(control: APIRouter, world: World) -> None:
    tags: list[Any] = ["faults and time"]

    @control.get("/faults", tags=tags)
    async def list_faults() -> list[Fault]:
        return world.faults.planned

    @control.post("/faults", tags=tags, status_code=201)
    async def inject_fault(new: NewFault) -> Fault:
        return world.plan_fault(Fault(world.number("fault"), **new.model_dump()))

    @control.delete("/faults", tags=tags)
    async def clear_faults() -> Json:
        world.faults.planned.clear()
        return {"faults": 0}

    @control.post("/clock/advance", tags=tags)
    async def advance_clock(by: Advance) -> Json:
        world.advance(by.seconds)
        return {"now": world.now()}

    @control.post("/reset", tags=tags)
    async def reset() -> Json:
        world.reset()
        return {"revision": world.feed.revision}
