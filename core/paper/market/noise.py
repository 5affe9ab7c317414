"""Chance that is a function: hashes, and value noise made of them, for one minute or an array of minutes.

The arithmetic is plain `+ - * /` over whole numbers and doubles, so the same code serves an int and an array
of uint64, to the last bit.
"""

from functools import lru_cache
from typing import Any

_WORD = 0xFFFF_FFFF_FFFF_FFFF


def mixed(word: Any, salt: int) -> Any:
    """64 well-mixed bits of a word (an int below 2**64, or an array of uint64) and a salt."""
    word = (word ^ salt) & _WORD
    word = ((word ^ (word >> 33)) * 0xFF51_AFD7_ED55_8CCD) & _WORD
    word = ((word ^ (word >> 29)) * 0xC4CE_B9FE_1A85_EC53) & _WORD
    return word ^ (word >> 32)


def unit(word: Any, salt: int) -> Any:
    """A hashed double in [0, 1)."""
    return (mixed(word, salt) >> 11) / 9_007_199_254_740_992.0


def wave(minute: Any, length: int, salt: int) -> Any:
    """Value noise in (-1, 1): hashed heights at every `length` minutes, straight lines between.

    An array of minutes must be in order.
    """
    shifted = minute + salt % length
    cell = shifted // length
    part = (shifted - cell * length) / (1.0 * length)
    left, right = _heights(cell, salt)
    return 2.0 * (left + (right - left) * part) - 1.0


_height = lru_cache(maxsize=2_048)(unit)


def _heights(cell: Any, salt: int) -> tuple[Any, Any]:
    """The heights at both ends of a cell. Of an array, each cell's height is hashed once."""
    if isinstance(cell, int):
        return _height(cell, salt), _height(cell + 1, salt)
    import numpy as np

    heights = unit(np.arange(cell[0], cell[-1] + 2, dtype=np.uint64), salt)
    place = (cell - cell[0]).astype(np.intp)
    return heights.take(place), heights.take(place + 1)
