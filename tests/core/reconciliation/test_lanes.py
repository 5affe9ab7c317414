"""Places for those that are read: who was slow keeps nobody waiting."""

from contextlib import AsyncExitStack

import pytest

from core.reconciliation.lanes import Lanes

LONG_S, SHORT_S = 60.0, 0.01


async def test_a_full_slow_lane_leaves_the_quick_one_free() -> None:
    lanes = Lanes(1, 1, quick_s=LONG_S, slow_s=LONG_S)
    async with lanes.place(slow=True):
        for _ in range(3):
            async with lanes.place(slow=False):
                pass


async def test_a_quick_place_is_not_kept_for_long() -> None:
    lanes = Lanes(1, 1, quick_s=SHORT_S, slow_s=LONG_S)
    async with AsyncExitStack() as held:
        await held.enter_async_context(lanes.place(slow=True))
        with pytest.raises(TimeoutError):
            async with lanes.place(slow=False):
                await held.enter_async_context(lanes.place(slow=True))  # never comes
        async with lanes.place(slow=False):
            pass
