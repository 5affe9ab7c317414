"""Bars of a symbol's past, to be quoted again: in memory, and packed as the broker's book keeps them."""

import zlib
from array import array
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_MAGIC: Final = b"bars1"


@dataclass(frozen=True, slots=True)
class Replay:
    """Bars of one length, in order of time.

    `period` is their length in minutes; the columns are the opening minute (of the epoch, in broker time),
    open, high, low and close in points, the number of ticks, and the spread in points (0: not known).
    """

    period: int
    columns: tuple["array[int]", ...]

    @property
    def begins(self) -> int:
        """The first minute."""
        return self.columns[0][0]

    @property
    def ends(self) -> int:
        """The minute after the last."""
        return self.columns[0][-1] + self.period

    def pack(self) -> bytes:
        """The same bars as bytes."""
        head = _MAGIC + self.period.to_bytes(2, "little") + len(self.columns).to_bytes(1, "little")
        return head + zlib.compress(b"".join(column.tobytes() for column in self.columns), 6)

    @classmethod
    def unpack(cls, packed: bytes) -> "Replay":
        """The bars that `pack` packed. Raises ValueError for other bytes."""
        if not packed.startswith(_MAGIC):
            raise ValueError("these bytes are no replay")
        period, width, rest = int.from_bytes(packed[5:7], "little"), packed[7], zlib.decompress(packed[8:])
        length = len(rest) // width
        cuts = range(0, len(rest), length)
        return cls(period, tuple(array("i", rest[cut : cut + length]) for cut in cuts))


def digest(packed: bytes) -> str:
    """What a plan calls packed bars by."""
    return sha256(packed).hexdigest()
