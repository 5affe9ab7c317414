"""Frames come out whole, however the bytes arrive."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mt5.worker import SIZES
from core.workers import Frame, Frames, LinkLost

MESSAGES = st.dictionaries(st.text(max_size=5), st.integers(), max_size=3)
FRAMES = st.builds(Frame, MESSAGES, st.binary(max_size=40))


def _written(frame: Frame) -> bytes:
    text = json.dumps(frame.message).encode()
    return SIZES.pack(len(text), len(frame.raw)) + text + frame.raw


@given(st.lists(FRAMES, max_size=4), st.integers(1, 60))
def test_frames_are_taken_in_order_and_none_before_it_is_whole(sent: list[Frame], piece: int) -> None:
    frames, taken = Frames(), []
    stream = b"".join(map(_written, sent))
    for start in range(0, len(stream), piece):
        frames.feed(stream[start : start + piece])
        while (frame := frames.take()) is not None:
            taken.append(frame)
    assert taken == sent


@pytest.mark.parametrize("nonsense", [SIZES.pack(3, 0) + b"abc", b"\xff" * SIZES.size])
def test_what_is_no_frame_loses_the_link(nonsense: bytes) -> None:
    frames = Frames()
    frames.feed(nonsense)
    with pytest.raises(LinkLost):
        frames.take()
