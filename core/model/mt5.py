"""What a terminal reports, immutable. Times are aware UTC, money and volumes exact."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum

from core.model.instruments import Side


@dataclass(frozen=True, slots=True)
class MT5Position:
    """One open position. `identifier` stays for its whole life; `ticket` may change on netting accounts."""

    ticket: int
    identifier: int
    symbol: str
    side: Side
    volume: Decimal
    price_open: Decimal
    price_current: Decimal
    stop_loss: Decimal | None
    take_profit: Decimal | None
    profit: Decimal
    swap: Decimal
    magic: int
    comment: str
    opened_at: datetime
    updated_at: datetime
    reason: int


@dataclass(frozen=True, slots=True)
class MT5Order:
    """An order, pending or of the history. `type` and `state` are MetaTrader's numbers.

    `expires_at` is the end of one that waits, to the second; None for one that waits until it is cancelled.
    """

    ticket: int
    position_id: int
    symbol: str
    type: int
    state: int
    volume_initial: Decimal
    volume_current: Decimal
    price_open: Decimal
    stop_loss: Decimal | None
    take_profit: Decimal | None
    magic: int
    comment: str
    setup_at: datetime
    done_at: datetime | None
    reason: int
    expires_at: datetime | None = None


class DealEntry(IntEnum):
    """DEAL_ENTRY_*: how a deal changes its position."""

    IN = 0
    OUT = 1
    INOUT = 2
    OUT_BY = 3


@dataclass(frozen=True, slots=True)
class MT5Deal:
    """A deal of the history. `type` 0 buy, 1 sell, 2 balance; `reason` as DEAL_REASON_*."""

    ticket: int
    order: int
    position_id: int
    symbol: str
    type: int
    entry: DealEntry
    reason: int
    volume: Decimal
    price: Decimal
    profit: Decimal
    commission: Decimal
    swap: Decimal
    fee: Decimal
    magic: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Permissions:
    """The four layers that may forbid trading; True where one permits it.

    `option`: the terminal's option for external programs; `button`: its Algo Trading button; `account`: the
    account may trade at all (an investor may not); `broker`: the server lets programs trade on it.
    """

    option: bool
    button: bool
    account: bool
    broker: bool

    def obstacle(self) -> str | None:
        """The first layer that forbids, as a sentence, or None when all permit."""
        if not self.option:
            return "trading by external programs is switched off in the terminal's options"
        if not self.button:
            return "the Algo Trading button of the terminal is off"
        if not self.account:
            return "the account may not trade (investor password, or closed by the broker)"
        if not self.broker:
            return "the broker forbids automated trading on this account"
        return None


@dataclass(frozen=True, slots=True)
class MT5AccountState:
    """`account_info` and the permissions of `terminal_info`, read together, of the verified account."""

    login: int
    server: str
    name: str
    currency: str
    leverage: int
    trade_mode: int
    margin_mode: int
    fifo_close: bool
    balance: Decimal
    credit: Decimal
    equity: Decimal
    profit: Decimal
    margin: Decimal
    margin_free: Decimal
    trade_allowed: bool
    trade_expert: bool
    terminal_trade_allowed: bool
    tradeapi_disabled: bool
    ping_us: int
    build: int
    read_at: datetime

    @property
    def kind(self) -> str:
        """`DEMO`, `CONTEST` or `LIVE`, by the account's trade mode."""
        return ("DEMO", "CONTEST", "LIVE")[self.trade_mode]

    def trading_obstacle(self) -> str | None:
        """Why no order can be sent now, as a sentence, or None when all four layers permit it."""
        return self.permissions.obstacle()

    @property
    def permissions(self) -> Permissions:
        return Permissions(
            option=not self.tradeapi_disabled,
            button=self.terminal_trade_allowed,
            account=self.trade_allowed,
            broker=self.trade_expert,
        )


@dataclass(frozen=True, slots=True)
class MT5AccountSnapshot:
    """Account, positions and pending orders, read in one go from the connected terminal of this account."""

    account: MT5AccountState
    positions: tuple[MT5Position, ...]
    orders: tuple[MT5Order, ...]

    @property
    def unrealised_profit(self) -> Decimal:
        return sum((p.profit + p.swap for p in self.positions), Decimal(0))


@dataclass(frozen=True, slots=True)
class Quote:
    """Best prices of a symbol; `at` is the time of the tick, `read_at` when it was asked."""

    symbol: str
    bid: Decimal
    ask: Decimal
    at: datetime
    read_at: datetime

    def entry(self, side: Side) -> Decimal:
        """The price at which `side` opens."""
        return self.ask if side is Side.BUY else self.bid

    def exit(self, side: Side) -> Decimal:
        """The price at which a position of `side` closes."""
        return self.bid if side is Side.BUY else self.ask


@dataclass(frozen=True, slots=True)
class Bar:
    """A candle; floats, for charts only."""

    at: datetime
    open: float
    high: float
    low: float
    close: float
    volume: int


@dataclass(frozen=True, slots=True)
class SendResult:
    """The answer to `order_send`. `price` and `volume` are what was done, not what was asked."""

    retcode: int
    order: int
    deal: int
    volume: Decimal
    price: Decimal
    comment: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer to `order_check`: what the account would look like after the trade. Retcode 0 is a pass.

    `needed` is the margin that the trade would take, `free` what is free before it; all money is in
    `currency`.
    """

    retcode: int
    equity: Decimal
    margin: Decimal
    margin_free: Decimal
    comment: str
    needed: Decimal
    free: Decimal
    currency: str
