"""One router per feature; `ROUTERS` is their order, the fallback last."""

from aiogram import Router

from bot.handlers import (
    alerts,
    approvals,
    charts,
    divergences,
    fallback,
    health,
    locks,
    notifications,
    positions,
    quality,
    start,
    status,
    sync,
)


def make_routers() -> tuple[Router, ...]:
    """Fresh ones, since aiogram ties each to one dispatcher. The door comes first, the fallback last."""
    features = (
        start,
        approvals,
        alerts,
        notifications,
        divergences,
        charts,
        status,
        health,
        sync,
        positions,
        quality,
        locks,
        fallback,
    )
    return tuple(feature.make_router() for feature in features)
