"""Byte strings near a given one: what a broken or hostile sender makes of a good message."""

from collections.abc import Callable
from random import Random

_TOKENS = (
    *(
        b"\0",
        b"\n",
        b"\r\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\\u0000",
        b"\xd9\xa3",
    ),
    *(b"NaN", b"-Infinity", b"1e400", b"1e-400", b"1e999999999999", b"-0", b"0x1", b"9" * 40, b"1_000"),
    *(b"null", b"true", b"{}", b"[]", b"[" * 200, b'"', b"\\", b",", b":", b"}", b"]", b"."),
    *(b"v1,", b"v1a,", b" ", b"==", b"=", b"whsec_", b"%00", b"%ff", b"../"),
    *(b'"entry"', b'"side"', b'"expires_at"', b'"9999-12-31T23:59:59Z"', b'"0001-01-01T00:00:00+14:00"'),
)


def mutated(random: Random, good: bytes) -> bytes:
    """`good` after one to eight small changes."""
    data = bytearray(good)
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        random.choice(_CHANGES)(random, data)
    return bytes(data)


def _place(random: Random, data: bytearray) -> slice:
    start = random.randint(0, len(data))
    return slice(start, start + random.randint(0, 8))


def _flip(random: Random, data: bytearray) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _cut(random: Random, data: bytearray) -> None:
    del data[_place(random, data)]


def _put_token(random: Random, data: bytearray) -> None:
    data[_place(random, data)] = random.choice(_TOKENS)


def _insert_noise(random: Random, data: bytearray) -> None:
    start = _place(random, data).start
    data[start:start] = random.randbytes(random.randint(1, 6))


def _repeat(random: Random, data: bytearray) -> None:
    start = _place(random, data).start
    data[start:start] = data[_place(random, data)] * random.choice((1, 2, 50))


_CHANGES: tuple[Callable[[Random, bytearray], None], ...] = (_flip, _cut, _put_token, _insert_noise, _repeat)
