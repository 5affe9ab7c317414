"""Parameters of lists: named by the route, given once, understood; all else is answered with 400 and why."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

from bot.web.problems import ErrorOut, Responses, wrong_parameter

LARGEST = 2**63 - 1
"""Of what the database counts."""

ANY_ERROR: Responses = {"default": {"model": ErrorOut, "description": "Every error has this form"}}


def only(*names: str) -> Callable[[Request], Awaitable[None]]:
    """For routes that take these in the query: raises Problem 400 for another, and for one given twice."""

    async def look(request: Request) -> None:
        given = Counter(name for name, _ in request.query_params.multi_items())
        for name, times in given.items():
            if name not in names:
                raise wrong_parameter(name, _unknown(names))
            if times > 1:
                raise wrong_parameter(name, f"is given {times} times")

    return look


def _unknown(names: tuple[str, ...]) -> str:
    return f"is none of the parameters: {', '.join(names)}" if names else "is not asked for: there are none"


def _iso(text: Any) -> Any:
    """Not the bare numbers that pydantic would take for seconds since 1970."""
    if isinstance(text, str) and "-" not in text[1:]:
        raise ValueError("must be a time in ISO 8601 with its time zone, such as 2026-11-21T03:00:00Z")
    return text


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no time of the calendar in UTC") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_iso), AfterValidator(_utc)]
"""An instant: ISO 8601 with its time zone."""

Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name without control characters, which no database looks up."""
