"""Scripted misfortunes: data in the broker's book, each met by the calls that it is for.

Which calls those are is a pure function of the fault and of how many calls it has matched so far, and that
number stands in the book: so a plan does the same in any process, and again after a crash.
"""

import hashlib
import json
import random
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from math import inf

from core.mt5 import contract as mt5
from core.paper.market.plan import MarketPlan
from core.paper.server.book import Book

ANY = "*"
"""As a fault's `call`: every call."""


class Kind(StrEnum):
    """What goes wrong, and at which point of a call."""

    # before anything is sent
    FAIL = "fail"  # nothing happens, the call fails with last_error `code`
    LATENCY = "latency"  # takes `seconds` longer
    HANG_BEFORE = "hang_before"  # blocks, and nothing was sent
    # on the way back
    HANG_EXECUTED = "hang_executed"  # executed, blocks before the reply
    HANG_REPLIED = "hang_replied"  # replies, and the next call blocks
    REPLY_LOST = "reply_lost"  # executed, the call fails with last_error `code`
    DUPLICATED = (
        "duplicated"  # the reply comes twice: the next call takes it for its own, or fails with -10000
    )
    GONE = "gone"  # the terminal dies: `code` now (if -10001, nothing was sent), no IPC until initialize
    # what the broker does with an order
    LATE = "late"  # the call fails with last_error `code`; executed `seconds` later
    PLACED = "placed"  # a market deal is answered with 10008 and executed `seconds` later
    REJECT = "reject"  # answered with `retcode`, not executed
    SLIPPAGE = "slippage"  # a market deal fills `points` worse
    PARTIAL = "partial"  # a market deal fills `share` of its volume
    STRIPPED = "stripped"  # the order gets `comment` instead of its own
    # what is shown
    LAG = "lag"  # the books as they were `seconds` ago, as far as they only grew
    # what lasts: `seconds` from the call that meets it; with call ANY, from `since` until `until`
    LINK_DOWN = "link_down"  # the terminal does not reach the broker
    QUOTES_OFF = "quotes_off"  # no quotes of `symbol`: the last one stands, orders come back with 10021
    FROZEN = "frozen"  # the terminal shows an old quote of `symbol`, orders execute at the true one
    # what others do just before the call
    CLOSED = "closed"  # a person closes the oldest position (of `symbol`)
    SWITCHED = "switched"  # a person logs the terminal in to account `to`, or off if it is 0
    ALGO_OFF = "algo_off"  # a person presses Algo Trading
    CLOCK = "clock"  # the broker's clock is set `seconds` ahead, or back


LASTING = frozenset({Kind.LINK_DOWN, Kind.QUOTES_OFF, Kind.FROZEN})


@dataclass(frozen=True, slots=True)
class Fault:
    """A misfortune for one call: the next `count` matching calls after `skip`, between two real times.

    `login` 0 and `symbol` "" match all, `call` ANY every function. With `market_time` the two times are the
    simulated market's UTC. With `chance` below 1 each of those calls is met or spared by a hash of `seed` and
    its number. `seconds` are real ones; how long a hang blocks, or how late an execution is.
    """

    kind: Kind
    call: str = "order_send"
    login: int = 0
    symbol: str = ""
    count: int = 1
    skip: int = 0
    since: float = 0.0
    until: float = inf
    market_time: bool = False
    chance: float = 1.0
    seed: int = 0
    seconds: float = 3_600.0
    retcode: int = mt5.TRADE_RETCODE_REJECT
    code: int = mt5.RES_E_INTERNAL_FAIL_RECEIVE
    points: int = 0
    share: float = 0.5
    comment: str = ""
    to: int = 0
    began_msc: int = 0  # of what lasts, once it has begun, on the broker's clock: the book notes it

    @property
    def stands(self) -> bool:
        """Whether it is a state of the world between two times, not something that calls use up."""
        return self.kind in LASTING and self.call == ANY

    def matches(self, login: int, symbol: str, real_s: float, plan: MarketPlan) -> bool:
        about = self.login in (0, login) and (self.stands or self.symbol in ("", symbol))
        return about and self.since <= self.time(real_s, plan) <= self.until

    def time(self, real_s: float, plan: MarketPlan) -> float:
        """A real time as its `since` and `until` count it."""
        return plan.utc(real_s) if self.market_time else real_s

    def strikes(self, number: int) -> bool:
        """Whether the matching call of that number, from 0, is met."""
        if not self.skip <= number < self.skip + self.count:
            return False
        return self.chance >= 1.0 or _share(self.seed, number) < self.chance

    def used_up(self, number: int) -> bool:
        return number >= self.skip + self.count

    def market_ms(self, plan: MarketPlan) -> int:
        """Its `seconds` in milliseconds of the market; those of a market that is stepped are its own."""
        return int(self.seconds * 1000 * (plan.speed or 1.0))

    def to_stand(self, real_s: float) -> "Fault":
        """The state of the world that begins when this is met."""
        until = real_s + self.seconds
        return replace(self, call=ANY, since=real_s, until=until, market_time=False, skip=0, count=1)

    def begun(self, real_s: float, plan: MarketPlan) -> "Fault":
        """With the moment at which it began: its own `since`, or now if the market was set on meanwhile."""
        since = self.since + plan.utc_offset_s if self.market_time else plan.broker_ms(self.since) / 1000
        return replace(self, began_msc=min(int(since * 1000), plan.broker_ms(real_s)))


def _share(seed: int, number: int) -> float:
    """A hashed number in [0, 1)."""
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


# -- plans as JSON


def to_json(plan: Iterable[Fault]) -> str:
    """A plan of faults as a JSON list; what stands at its default is left out."""
    return json.dumps([_plain(fault) for fault in plan])


def from_json(text: str) -> tuple[Fault, ...]:
    """The plan that `to_json` wrote. Raises ValueError or TypeError for what is no plan."""
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise TypeError("a plan of faults is a list")
    return tuple(_fault(row) for row in rows)


def _fault(row: object) -> Fault:
    if not isinstance(row, dict) or "kind" not in row:
        raise ValueError(f"a fault is an object with a kind, not {row!r}")
    return Fault(**row | {"kind": Kind(row["kind"])})


def _plain(fault: Fault) -> dict[str, object]:
    usual = asdict(Fault(fault.kind))
    return {key: value for key, value in asdict(fault).items() if key == "kind" or value != usual[key]}


# -- in the book


def add(book: Book, fault: Fault) -> None:
    """Put a fault into the book, for whichever process makes the call. What lasts begins now or later."""
    if fault.stands:
        now, plan = time.time(), book.plan()
        began = fault.since <= fault.time(now, plan)
        fault = replace(fault, since=max(fault.since, fault.time(now, plan)))
        fault = fault.begun(now, plan) if began else fault
    book.add_fault(fault.call, to_json([fault]))


def take(book: Book, call: str, login: int, symbol: str = "") -> tuple[Fault, ...]:
    """The faults that this call meets, each counted exactly once whatever other processes do."""
    if not book.faults(call):
        return ()
    with book.transaction():
        plan, now = book.plan(), time.time()
        met = []
        for number, text, matched in book.faults(call):
            (fault,) = from_json(text)
            if fault.matches(login, symbol, now, plan):
                met += _standing(book, number, fault) if fault.stands else _met(book, number, fault, matched)
    return tuple(met)


def _standing(book: Book, number: int, fault: Fault) -> list[Fault]:
    """What lasts, its beginning noted by whoever meets it first."""
    if fault.began_msc:
        return [fault]
    book.drop_fault(number)
    return [_begin(book, fault)]


def _begin(book: Book, fault: Fault) -> Fault:
    fault = fault.begun(time.time(), book.plan())
    book.add_fault(ANY, to_json([fault]))
    return fault


def _met(book: Book, number: int, fault: Fault, matched: int) -> list[Fault]:
    if fault.used_up(matched + 1):
        book.drop_fault(number)
    else:
        book.fault_met(number, matched + 1)
    if not fault.strikes(matched):
        return []
    return [_begin(book, fault.to_stand(time.time())) if fault.kind in LASTING else fault]


def first(faults: tuple[Fault, ...], kind: Kind) -> Fault | None:
    for fault in faults:
        if fault.kind is kind:
            return fault
    return None


# -- drawn by lot

_RETCODES = (
    mt5.TRADE_RETCODE_REQUOTE, mt5.TRADE_RETCODE_REJECT, mt5.TRADE_RETCODE_TIMEOUT,
    mt5.TRADE_RETCODE_INVALID_STOPS, mt5.TRADE_RETCODE_MARKET_CLOSED, mt5.TRADE_RETCODE_NO_MONEY,
    mt5.TRADE_RETCODE_PRICE_OFF, mt5.TRADE_RETCODE_TOO_MANY_REQUESTS, mt5.TRADE_RETCODE_CONNECTION,
)  # fmt: skip
_CODES = (mt5.RES_E_FAIL, mt5.RES_E_INTERNAL_FAIL_SEND, mt5.RES_E_INTERNAL_FAIL_RECEIVE)
_READS = ("account_info", "positions_get", "orders_get", "history_deals_get", "history_orders_get")
_OF_ORDERS = (
    Kind.FAIL, Kind.LATENCY, Kind.HANG_BEFORE, Kind.HANG_EXECUTED, Kind.HANG_REPLIED, Kind.REPLY_LOST,
    Kind.DUPLICATED, Kind.GONE, Kind.LATE, Kind.PLACED, Kind.REJECT, Kind.SLIPPAGE, Kind.PARTIAL,
    Kind.STRIPPED, Kind.LINK_DOWN, Kind.QUOTES_OFF, Kind.FROZEN, Kind.CLOSED, Kind.ALGO_OFF,
)  # fmt: skip
_OF_READS = (Kind.FAIL, Kind.LATENCY, Kind.HANG_BEFORE, Kind.GONE, Kind.LAG, Kind.LINK_DOWN, Kind.CLOSED)
_HOURS = (-10_800.0, -3_600.0, 3_600.0, 10_800.0)


def drawn(seed: int, number: int, *, longest_s: float = 3.0) -> tuple[Fault, ...]:
    """A plan of so many faults by lot, the same for the same seed; nothing in it takes longer than that."""
    lot = random.Random(seed)  # noqa: S311 - a script, not a secret
    return tuple(_one(lot, longest_s) for _ in range(number))


def _one(lot: random.Random, longest_s: float) -> Fault:
    of_order = lot.random() < 0.6
    kind = lot.choice(_OF_ORDERS if of_order else (*_OF_READS, Kind.CLOCK))
    return Fault(
        kind,
        call="order_send" if of_order else lot.choice(_READS),
        skip=lot.randrange(4),
        count=lot.choice((1, 1, 1, 2, 3)),
        seconds=lot.choice(_HOURS) if kind is Kind.CLOCK else round(lot.uniform(0.05, longest_s), 2),
        retcode=lot.choice(_RETCODES),
        code=lot.choice(_CODES),
        points=lot.randrange(5, 100),
        share=lot.choice((0.25, 0.5, 0.75)),
    )
