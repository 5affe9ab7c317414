"""One router per feature; `ROUTERS` is their order, the fallback last."""

from aiogram import Router

from bot.handlers import (
    accounts,
    alerts,
    approvals,
    audit,
    charts,
    closeall,
    compose,
    divergences,
    fallback,
    forget,
    health,
    linking,
    locks,
    notifications,
    orders,
    panic,
    people,
    positions,
    quality,
    requests,
    risk,
    settings,
    signals,
    sources,
    standing,
    start,
    status,
    sync,
)


def make_routers() -> tuple[Router, ...]:
    """Fresh ones, since aiogram ties each to one dispatcher. The door comes first, the fallback last."""
    features = (
        start,
        people,
        settings,
        forget,
        approvals,
        standing,
        alerts,
        notifications,
        divergences,
        charts,
        status,
        accounts,
        risk,
        linking,
        signals,
        compose,
        sources,
        audit,
        health,
        sync,
        positions,
        orders,
        requests,
        closeall,
        panic,
        quality,
        locks,
        fallback,
    )
    return tuple(feature.make_router() for feature in features)
