"""The rows of a broker's books. Times are milliseconds of broker time; money is in the deposit currency."""

from dataclasses import dataclass

from core.mt5 import contract as mt5


def side_of(kind: int) -> int:
    """+1 for the types of orders and positions that buy, -1 for those that sell: even and odd numbers."""
    return 1 if kind % 2 == 0 else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as the server keeps it. `settled_msc`: triggers up to that time have been applied.

    `password` trades, `investor` only looks (both hashed). `limit_positions` 0 is no limit. With
    `fifo_close` the oldest position of a symbol closes first; with `hedging_prohibited` there are no
    opposite positions of one symbol.
    """

    login: int
    name: str
    server: str = "Paper-Demo"
    company: str = "Paper Markets (simulated)"
    currency: str = "USD"
    password: str = ""
    investor: str = ""
    leverage: int = 100
    balance: float = 0.0
    credit: float = 0.0
    trade_mode: int = mt5.ACCOUNT_TRADE_MODE_DEMO
    margin_mode: int = mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
    margin_so_mode: int = mt5.ACCOUNT_STOPOUT_MODE_PERCENT
    margin_so_call: float = 50.0
    margin_so_so: float = 30.0
    limit_orders: int = 200
    limit_positions: int = 0
    fifo_close: bool = False
    hedging_prohibited: bool = False
    trade_allowed: bool = True
    trade_expert: bool = True
    commission_per_lot: float = 3.5
    revision: int = 0
    settled_msc: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An open position. `margin` is what it held back when opened, `swap` what it has still to pay.

    Its ticket is its identifier, until a reversal on a netting account gives it another ticket.
    """

    ticket: int
    login: int
    symbol: str
    type: int
    volume: float
    price_open: float
    sl: float
    tp: float
    swap: float
    margin: float
    magic: int
    identifier: int
    reason: int
    comment: str
    time_msc: int
    time_update_msc: int

    @property
    def side(self) -> int:
        """+1 long, -1 short."""
        return side_of(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, working while its state is PLACED or PARTIAL and history afterwards.

    `position_id` is the identifier of the position that it is to close, or has made, once known.
    `volume_current` is what is left to fill; in history, what was left when it ended.
    """

    ticket: int
    login: int
    symbol: str
    type: int
    type_time: int = mt5.ORDER_TIME_GTC
    type_filling: int = mt5.ORDER_FILLING_FOK
    state: int = mt5.ORDER_STATE_PLACED
    magic: int = 0
    position_id: int = 0
    position_by_id: int = 0
    reason: int = mt5.ORDER_REASON_EXPERT
    volume_initial: float
    volume_current: float
    price_open: float
    sl: float = 0.0
    tp: float = 0.0
    price_current: float = 0.0
    price_stoplimit: float = 0.0
    comment: str = ""
    time_setup_msc: int
    time_done_msc: int = 0
    time_expiration: int = 0

    @property
    def side(self) -> int:
        """+1 buys, -1 sells."""
        return side_of(self.type)

    @property
    def live(self) -> bool:
        return self.state in LIVE


LIVE = (mt5.ORDER_STATE_PLACED, mt5.ORDER_STATE_PARTIAL)
"""States of the orders that orders_get shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One change of the balance or of a position."""

    ticket: int
    login: int
    order: int = 0
    time_msc: int
    type: int
    entry: int = mt5.DEAL_ENTRY_IN
    magic: int = 0
    position_id: int = 0
    reason: int = mt5.DEAL_REASON_CLIENT
    volume: float = 0.0
    price: float = 0.0
    commission: float = 0.0
    swap: float = 0.0
    profit: float = 0.0
    fee: float = 0.0
    symbol: str = ""
    comment: str = ""
