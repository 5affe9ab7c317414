"""The control API: what people do, what fails, and what can be seen. OpenAPI at `/control/docs`."""

from __future__ import annotations

from fastapi import APIRouter

from bot.sandbox.control.faults import add_faults
from bot.sandbox.control.groups import add_groups
from bot.sandbox.control.people import add_acts, add_people
from bot.sandbox.control.sight import add_sight
from bot.sandbox.world import World


def router(world: World) -> APIRouter:
    control = APIRouter(prefix="/control")
    for add in (add_people, add_acts, add_groups, add_faults, add_sight):
        add(control, world)
    return control
