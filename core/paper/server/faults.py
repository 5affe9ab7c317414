"""Scripted misfortunes: data in the broker's book, each used up by the calls that it meets."""

import json
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import inf

from core.mt5 import contract as mt5
from core.paper.server.book import Book


class Kind(StrEnum):
    """What goes wrong, and at which point of a call."""

    FAIL = "fail"  # nothing happens, the call fails with last_error `code`
    HANG_BEFORE = "hang_before"  # blocks, and nothing was sent
    HANG_EXECUTED = "hang_executed"  # executed, blocks before the reply
    HANG_REPLIED = "hang_replied"  # replies, and the next call blocks
    REPLY_LOST = "reply_lost"  # executed, the call fails with last_error `code`
    LATE = "late"  # the call fails with last_error `code`; executed `seconds` later
    REJECT = "reject"  # answered with `retcode`, not executed
    SLIPPAGE = "slippage"  # a market deal fills `points` worse
    PARTIAL = "partial"  # a market deal fills `share` of its volume


@dataclass(frozen=True, slots=True)
class Fault:
    """A misfortune for one call: the next `count` matching calls after `skip`, between two real times.

    `login` 0 and `symbol` "" match all. `seconds` is how long a hang blocks, or how late an execution is.
    """

    kind: Kind
    call: str = "order_send"
    login: int = 0
    symbol: str = ""
    count: int = 1
    skip: int = 0
    since: float = 0.0
    until: float = inf
    seconds: float = 3_600.0
    retcode: int = mt5.TRADE_RETCODE_REJECT
    code: int = mt5.RES_E_INTERNAL_FAIL_RECEIVE
    points: int = 0
    share: float = 0.5


def add(book: Book, fault: Fault) -> None:
    """Put a fault into the book, for whichever process makes the call."""
    detail = {key: value for key, value in asdict(fault).items() if key in _DETAIL}
    book.connection.execute(
        "INSERT INTO faults (login, call, symbol, kind, detail, skip, remaining, since, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (fault.login, fault.call, fault.symbol, str(fault.kind), json.dumps(detail), fault.skip, fault.count,
         fault.since, fault.until),
    )  # fmt: skip


def take(book: Book, call: str, login: int, symbol: str = "") -> tuple[Fault, ...]:
    """The faults that this call meets, each counted down exactly once whatever other processes do."""
    match = (call, login, symbol, time.time())
    if book.connection.execute(_ANY, match).fetchone() is None:
        return ()
    with book.transaction():
        rows = book.connection.execute(_CHOSEN, match).fetchall()
        for number, _, _, skip in rows:
            book.connection.execute(_SKIP if skip else _USE, (number,))
        book.connection.execute("DELETE FROM faults WHERE remaining <= 0")
    return tuple(
        Fault(Kind(kind), call=call, symbol=symbol, **json.loads(detail))
        for _, kind, detail, skip in rows
        if not skip
    )


def first(faults: tuple[Fault, ...], kind: Kind) -> Fault | None:
    return next((fault for fault in faults if fault.kind is kind), None)


_DETAIL = frozenset({"seconds", "retcode", "code", "points", "share"})
_SKIP = "UPDATE faults SET skip = skip - 1 WHERE id = ?"
_USE = "UPDATE faults SET remaining = remaining - 1 WHERE id = ?"
_MATCH = "FROM faults WHERE call = ? AND login IN (0, ?) AND symbol IN ('', ?) AND ? BETWEEN since AND until"
_ANY = f"SELECT 1 {_MATCH} LIMIT 1"
_CHOSEN = f"SELECT id, kind, detail, skip {_MATCH} ORDER BY id"
