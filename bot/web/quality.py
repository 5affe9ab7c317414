"""`/api/v1/quality`: how well orders were carried out, for who has an API key; the same as CSV."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from bot.web.keys import REFUSALS, Keyring
from bot.web.parameters import only
from bot.web.problems import Responses
from bot.web.schemas import Exact
from core.desk import Desk
from core.model.fills import Fill
from core.quality.figures import Delay, Figures, Slippage
from core.quality.grouping import Dimension
from core.quality.grouping import by as grouped
from core.quality.report import DEFAULT_DAYS, MAX_DAYS, Report, read_fills, read_report
from core.quality.sheet import as_csv, as_table_csv


class SlippageOut(BaseModel):
    """Pips, above 0 is worse; of the `measured` fills whose expected and real price are known."""

    measured: int
    median: Exact
    p95: Exact
    mean: Exact
    worst: Exact
    better_share: float


class DelayOut(BaseModel):
    """Of the `measured` market orders that were filled."""

    measured: int
    median_s: float
    p95_s: float


class FiguresOut(BaseModel):
    """Of the `orders` that were tried; shares are of them. What was not measured is null."""

    orders: int
    waiting: int = Field(description="On their way, or pending at the broker; not among the orders.")
    lapsed: int = Field(description="Pending orders that ended before their price came; nor are these.")
    wanted_lots: Exact
    filled_lots: Exact
    fill_ratio: float = Field(description="Lots filled of the lots wanted.")
    whole_share: float
    partial_share: float
    refused_share: float
    unknown_share: float = Field(description="Were in doubt for a while, or are.")
    slippage: SlippageOut | None
    signal_to_fill: DelayOut | None
    tap_to_fill: DelayOut | None


class GroupOut(BaseModel):
    name: str
    figures: FiguresOut


class QualityOut(BaseModel):
    """Hours in their order; all others with the most orders first."""

    by: Dimension
    days: int
    is_cut: bool = Field(description="Whether only the newest orders were looked at.")
    total: FiguresOut
    groups: list[GroupOut]


_By = Annotated[Dimension, Query(description="What to group by; hours are those of the tap, UTC.")]
_Table = Annotated[Dimension | None, Query(description="A line per group; without it, one per order.")]
_Days = Annotated[int, Query(ge=1, le=MAX_DAYS, description="Orders asked for in so many last days.")]
_CSV: Responses = {
    200: {"content": {"text/csv": {}}, "description": "RFC 4180, in UTF-8, with a line of names"}
}


def quality_routes(desk: Desk, keyring: Keyring) -> APIRouter:
    """The routes; none of them changes anything."""
    router = APIRouter(
        prefix="/api/v1",
        tags=["quality"],
        dependencies=[Depends(keyring.admit), Depends(only("by", "days"))],
    )

    @router.get("/quality", summary="Slippage, fills and delays of all orders", responses=REFUSALS)
    async def quality(by: _By = Dimension.SOURCE, days: _Days = DEFAULT_DAYS) -> QualityOut:
        return _report(await read_report(desk, None, by, days))

    @router.get(
        "/quality.csv",
        summary="The orders, or the groups, as CSV",
        response_class=Response,
        responses=REFUSALS | _CSV,
    )
    async def sheet(by: _Table = None, days: _Days = DEFAULT_DAYS) -> Response:
        fills = await read_fills(desk, None, days)
        name = f"quality-by-{by}.csv" if by else "orders.csv"
        body = await asyncio.to_thread(_sheet, fills, by)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, media_type="text/csv; charset=utf-8; header=present", headers=headers)

    return router


def _sheet(fills: Sequence[Fill], by: Dimension | None) -> str:
    return as_table_csv(grouped(fills, by)) if by else as_csv(fills)


def _report(report: Report) -> QualityOut:
    return QualityOut(
        by=report.by,
        days=report.days,
        is_cut=report.is_cut,
        total=_figures(report.total),
        groups=[GroupOut(name=row.name, figures=_figures(row.figures)) for row in report.rows],
    )


def _figures(figures: Figures) -> FiguresOut:
    return FiguresOut(
        orders=figures.orders,
        waiting=figures.waiting,
        lapsed=figures.lapsed,
        wanted_lots=figures.wanted,
        filled_lots=figures.filled,
        fill_ratio=_share(figures.fill_ratio),
        whole_share=_share(figures.whole_share),
        partial_share=_share(figures.partial_share),
        refused_share=_share(figures.refused_share),
        unknown_share=_share(figures.doubted_share),
        slippage=figures.slippage and _slippage(figures.slippage),
        signal_to_fill=figures.from_signal and _delay(figures.from_signal),
        tap_to_fill=figures.from_tap and _delay(figures.from_tap),
    )


def _slippage(slippage: Slippage) -> SlippageOut:
    return SlippageOut(
        measured=slippage.measured,
        median=slippage.median,
        p95=slippage.p95,
        mean=slippage.mean,
        worst=slippage.worst,
        better_share=_share(slippage.better_share),
    )


def _delay(delay: Delay) -> DelayOut:
    return DelayOut(measured=delay.measured, median_s=_seconds(delay.median), p95_s=_seconds(delay.p95))


def _share(share: Decimal) -> float:
    return round(float(share), 4)


def _seconds(length: timedelta) -> float:
    return round(length.total_seconds(), 3)
