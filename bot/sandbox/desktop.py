"""A desktop plugged into the sandbox: what a person's hands can do at trading terminals.

The sandbox knows no broker. Whoever has one, as the demo has, implements `Desktop` and gives it to `serve`.
Lots, prices and money are plain numbers, as on a terminal's screen; a stop of 0 is none. Tickets are 64-bit,
so they are texts in JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

Side = Literal["buy", "sell"]
MOST_MONEY = 1e9
LONGEST_S = 86_400.0


# -- what can be seen


@dataclass(frozen=True, slots=True)
class Symbol:
    """An instrument and what it costs now, or cost last while its market is closed."""

    name: str
    digits: int
    bid: float
    ask: float
    least_lots: float
    lot_step: float


@dataclass(frozen=True, slots=True)
class Position:
    """An open position; `profit` is in the account's currency, without `swap`."""

    ticket: str
    symbol: str
    side: Side
    lots: float
    open_price: float
    price: float
    sl: float
    tp: float
    profit: float
    swap: float
    digits: int


@dataclass(frozen=True, slots=True)
class PendingOrder:
    """`kind` as a terminal writes it: buy limit, sell stop…"""

    ticket: str
    symbol: str
    kind: str
    lots: float
    price: float
    sl: float
    tp: float
    digits: int


@dataclass(frozen=True, slots=True)
class Login:
    """An account that the broker keeps."""

    login: int
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its broker has it now. `trading`, `programs`: what the broker lets it do."""

    login: int
    name: str
    server: str
    currency: str
    balance: float
    credit: float
    equity: float
    margin: float
    free_margin: float
    profit: float
    trading: bool
    programs: bool
    positions: Sequence[Position]
    orders: Sequence[PendingOrder]


@dataclass(frozen=True, slots=True)
class Terminal:
    """One terminal: its switches, and the account that it is logged in to.

    The account is shown as the broker has it, also while the terminal's network is unplugged and the
    terminal itself goes on showing what it saw last. `investor`: logged in to look only.
    """

    name: str
    network: bool
    algo_trading: bool
    api: bool
    investor: bool
    account: Account | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an act has led to; `text` is a sentence, `ticket` that of the order or position it is about."""

    text: str
    ticket: str | None = None
    lots: float = 0.0
    price: float = 0.0


# -- what can be asked for


class Asked(BaseModel):
    """Numbers are numbers, finite ones; a misspelt field is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class NewOrder(Asked):
    """Without `price` it is filled at the market; with one it waits there, as a limit or a stop order."""

    symbol: str
    side: Side
    lots: float = Field(gt=0)
    price: float | None = Field(None, gt=0)
    sl: float = Field(0.0, ge=0, description="0 is no stop")
    tp: float = Field(0.0, ge=0, description="0 is no target")


class Closing(Asked):
    lots: float | None = Field(None, gt=0, description="how much of it; all when left out")


class OrderChange(Asked):
    """All are set: 0 takes a stop away."""

    price: float = Field(gt=0)
    sl: float = Field(ge=0)
    tp: float = Field(ge=0)


class Stops(Asked):
    """Both are set: 0 takes one away."""

    sl: float = Field(ge=0)
    tp: float = Field(ge=0)


class Payment(Asked):
    amount: float = Field(ge=-MOST_MONEY, le=MOST_MONEY, description="a negative one is taken away")
    credit: bool = Field(False, description="a credit of the broker's, which counts in equity alone")


class Switches(Asked):
    """What is left out stays as it is."""

    network: bool | None = Field(None, description="false pulls the cable")
    algo_trading: bool | None = Field(None, description="the Algo Trading button")
    api: bool | None = Field(None, description="the option that allows trading by the Python API")
    login: int | None = Field(None, ge=0, description="the account to switch to; 0 logs out")
    investor: bool = Field(False, description="to switch with the password that only looks")
    trading: bool | None = Field(None, description="whether the broker lets this account trade")
    programs: bool | None = Field(None, description="whether the broker lets programs trade on it")


class NewShock(Asked):
    symbol: str
    percent: float = Field(gt=-95, le=1000)
    over_s: float = Field(0.0, ge=0, le=LONGEST_S)
    in_s: float = Field(0.0, ge=0, le=LONGEST_S)


class Clock(Asked):
    """The market's, for every terminal of the broker. What is left out stays as it is."""

    speed: float | None = Field(None, ge=0, le=3600, description="times as fast as ours; 0 stands still")
    advance_s: float | None = Field(None, ge=0, le=7 * LONGEST_S, description="so much passes at once")


class NewMisfortune(Asked):
    """What goes wrong with the terminal's next calls. Fields that `kind` has no use for are ignored."""

    kind: str = Field(description="one of those that GET /control/misfortunes lists")
    call: str = Field("order_send", description="a function of the MetaTrader5 module, or * for any")
    symbol: str = Field("", description="only calls about it; empty is any")
    count: int = Field(1, ge=1, le=1000)
    skip: int = Field(0, ge=0, le=1000, description="so many calls are spared first")
    chance: float | None = Field(None, gt=0, le=1, description="of each of those calls to be met")
    seconds: float | None = Field(None, gt=0, le=LONGEST_S, description="how long it hangs, or how late")
    retcode: int | None = Field(None, ge=10_000, le=10_100, description="the broker's answer")
    code: int | None = Field(None, ge=-10_100, le=-1, description="what last_error will say")
    points: int | None = Field(None, ge=0, le=1_000_000, description="of slippage")
    share: float | None = Field(None, gt=0, lt=1, description="that is filled of the volume")
    comment: str | None = Field(None, max_length=27, description="that replaces an order's own")
    to: int | None = Field(None, ge=0, description="the account that somebody switches to; 0 logs out")


class Desktop(Protocol):
    """Terminals within reach of a hand.

    Its methods may block, and are called from several threads. Each raises CannotAct, whose text is a
    sentence, for what a person cannot do there: a name or ticket that is not, a refusal of the broker.
    """

    def terminals(self) -> Sequence[Terminal]: ...

    def terminal(self, name: str) -> Terminal: ...

    def symbols(self) -> Sequence[Symbol]: ...

    def accounts(self) -> Sequence[Login]: ...

    def misfortunes(self) -> Sequence[str]: ...

    def order(self, terminal: str, new: NewOrder) -> Receipt: ...

    def close_position(self, terminal: str, ticket: int, closing: Closing) -> Receipt: ...

    def move_stops(self, terminal: str, ticket: int, stops: Stops) -> Receipt: ...

    def change_order(self, terminal: str, ticket: int, change: OrderChange) -> Receipt: ...

    def cancel_order(self, terminal: str, ticket: int) -> Receipt: ...

    def pay(self, terminal: str, payment: Payment) -> Receipt: ...

    def switch(self, terminal: str, switches: Switches) -> Terminal: ...

    def shock(self, new: NewShock) -> Receipt: ...

    def set_clock(self, clock: Clock) -> Receipt: ...

    def misfortune(self, terminal: str, new: NewMisfortune) -> Receipt: ...

    def no_misfortunes(self) -> Receipt: ...
