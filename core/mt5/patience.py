"""How long a person waits for a terminal: less than the worker's own deadlines, which a login may use up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from core.mt5.errors import DeadlineExceeded

LOOK_S: Final = 15.0


@asynccontextmanager
async def within(seconds: float | None = None) -> AsyncIterator[None]:
    """Raises DeadlineExceeded when the reads of the block take longer, LOOK_S if not told.

    The terminal itself goes on, so that a login which was too slow for one reader is there for the next.
    Nothing may be sent inside.
    """
    patience_s = LOOK_S if seconds is None else seconds
    try:
        async with asyncio.timeout(patience_s):
            yield
    except TimeoutError as late:
        raise DeadlineExceeded(f"no answer within {patience_s:g} s, and nobody waits longer") from late
