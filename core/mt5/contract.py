"""What `import MetaTrader5` promises: its constants, the shapes of its structs and arrays, its error codes.

Read from the wheel 5.0.6231 (its `__init__.py`, and the tables of its `_core`). Facts only, and light: this
module imports nothing beyond the standard library, so whoever speaks to a terminal may import it.
"""

from collections.abc import Mapping
from typing import Final

Field = tuple[str, type]
Shape = tuple[Field, ...]

# Timeframes
TIMEFRAME_M1 = 1
TIMEFRAME_M2 = 2
TIMEFRAME_M3 = 3
TIMEFRAME_M4 = 4
TIMEFRAME_M5 = 5
TIMEFRAME_M6 = 6
TIMEFRAME_M10 = 10
TIMEFRAME_M12 = 12
TIMEFRAME_M15 = 15
TIMEFRAME_M20 = 20
TIMEFRAME_M30 = 30
TIMEFRAME_H1 = 1 | 0x4000
TIMEFRAME_H2 = 2 | 0x4000
TIMEFRAME_H4 = 4 | 0x4000
TIMEFRAME_H3 = 3 | 0x4000
TIMEFRAME_H6 = 6 | 0x4000
TIMEFRAME_H8 = 8 | 0x4000
TIMEFRAME_H12 = 12 | 0x4000
TIMEFRAME_D1 = 24 | 0x4000
TIMEFRAME_W1 = 1 | 0x8000
TIMEFRAME_MN1 = 1 | 0xC000

# Tick copy flags
COPY_TICKS_ALL = -1
COPY_TICKS_INFO = 1
COPY_TICKS_TRADE = 2

# Tick flags
TICK_FLAG_BID = 0x02
TICK_FLAG_ASK = 0x04
TICK_FLAG_LAST = 0x08
TICK_FLAG_VOLUME = 0x10
TICK_FLAG_BUY = 0x20
TICK_FLAG_SELL = 0x40

# Position type, ENUM_POSITION_TYPE
POSITION_TYPE_BUY = 0
POSITION_TYPE_SELL = 1

# Position reason, ENUM_POSITION_REASON
POSITION_REASON_CLIENT = 0
POSITION_REASON_MOBILE = 1
POSITION_REASON_WEB = 2
POSITION_REASON_EXPERT = 3

# Order types, ENUM_ORDER_TYPE
ORDER_TYPE_BUY = 0
ORDER_TYPE_SELL = 1
ORDER_TYPE_BUY_LIMIT = 2
ORDER_TYPE_SELL_LIMIT = 3
ORDER_TYPE_BUY_STOP = 4
ORDER_TYPE_SELL_STOP = 5
ORDER_TYPE_BUY_STOP_LIMIT = 6
ORDER_TYPE_SELL_STOP_LIMIT = 7
ORDER_TYPE_CLOSE_BY = 8

# Order state, ENUM_ORDER_STATE
ORDER_STATE_STARTED = 0
ORDER_STATE_PLACED = 1
ORDER_STATE_CANCELED = 2
ORDER_STATE_PARTIAL = 3
ORDER_STATE_FILLED = 4
ORDER_STATE_REJECTED = 5
ORDER_STATE_EXPIRED = 6
ORDER_STATE_REQUEST_ADD = 7
ORDER_STATE_REQUEST_MODIFY = 8
ORDER_STATE_REQUEST_CANCEL = 9

# ENUM_ORDER_TYPE_FILLING
ORDER_FILLING_FOK = 0
ORDER_FILLING_IOC = 1
ORDER_FILLING_RETURN = 2
ORDER_FILLING_BOC = 3

# ENUM_ORDER_TYPE_TIME
ORDER_TIME_GTC = 0
ORDER_TIME_DAY = 1
ORDER_TIME_SPECIFIED = 2
ORDER_TIME_SPECIFIED_DAY = 3

# ENUM_ORDER_REASON
ORDER_REASON_CLIENT = 0
ORDER_REASON_MOBILE = 1
ORDER_REASON_WEB = 2
ORDER_REASON_EXPERT = 3
ORDER_REASON_SL = 4
ORDER_REASON_TP = 5
ORDER_REASON_SO = 6

# Deal types, ENUM_DEAL_TYPE
DEAL_TYPE_BUY = 0
DEAL_TYPE_SELL = 1
DEAL_TYPE_BALANCE = 2
DEAL_TYPE_CREDIT = 3
DEAL_TYPE_CHARGE = 4
DEAL_TYPE_CORRECTION = 5
DEAL_TYPE_BONUS = 6
DEAL_TYPE_COMMISSION = 7
DEAL_TYPE_COMMISSION_DAILY = 8
DEAL_TYPE_COMMISSION_MONTHLY = 9
DEAL_TYPE_COMMISSION_AGENT_DAILY = 10
DEAL_TYPE_COMMISSION_AGENT_MONTHLY = 11
DEAL_TYPE_INTEREST = 12
DEAL_TYPE_BUY_CANCELED = 13
DEAL_TYPE_SELL_CANCELED = 14
DEAL_DIVIDEND = 15
DEAL_DIVIDEND_FRANKED = 16
DEAL_TAX = 17

# ENUM_DEAL_ENTRY
DEAL_ENTRY_IN = 0
DEAL_ENTRY_OUT = 1
DEAL_ENTRY_INOUT = 2
DEAL_ENTRY_OUT_BY = 3

# ENUM_DEAL_REASON
DEAL_REASON_CLIENT = 0
DEAL_REASON_MOBILE = 1
DEAL_REASON_WEB = 2
DEAL_REASON_EXPERT = 3
DEAL_REASON_SL = 4
DEAL_REASON_TP = 5
DEAL_REASON_SO = 6
DEAL_REASON_ROLLOVER = 7
DEAL_REASON_VMARGIN = 8
DEAL_REASON_SPLIT = 9

# ENUM_TRADE_REQUEST_ACTIONS, Trade Operation Types
TRADE_ACTION_DEAL = 1
TRADE_ACTION_PENDING = 5
TRADE_ACTION_SLTP = 6
TRADE_ACTION_MODIFY = 7
TRADE_ACTION_REMOVE = 8
TRADE_ACTION_CLOSE_BY = 10

# ENUM_SYMBOL_CHART_MODE
SYMBOL_CHART_MODE_BID = 0
SYMBOL_CHART_MODE_LAST = 1

# ENUM_SYMBOL_CALC_MODE
SYMBOL_CALC_MODE_FOREX = 0
SYMBOL_CALC_MODE_FUTURES = 1
SYMBOL_CALC_MODE_CFD = 2
SYMBOL_CALC_MODE_CFDINDEX = 3
SYMBOL_CALC_MODE_CFDLEVERAGE = 4
SYMBOL_CALC_MODE_FOREX_NO_LEVERAGE = 5
SYMBOL_CALC_MODE_EXCH_STOCKS = 32
SYMBOL_CALC_MODE_EXCH_FUTURES = 33
SYMBOL_CALC_MODE_EXCH_OPTIONS = 34
SYMBOL_CALC_MODE_EXCH_OPTIONS_MARGIN = 36
SYMBOL_CALC_MODE_EXCH_BONDS = 37
SYMBOL_CALC_MODE_EXCH_STOCKS_MOEX = 38
SYMBOL_CALC_MODE_EXCH_BONDS_MOEX = 39
SYMBOL_CALC_MODE_SERV_COLLATERAL = 64

# ENUM_SYMBOL_TRADE_MODE
SYMBOL_TRADE_MODE_DISABLED = 0
SYMBOL_TRADE_MODE_LONGONLY = 1
SYMBOL_TRADE_MODE_SHORTONLY = 2
SYMBOL_TRADE_MODE_CLOSEONLY = 3
SYMBOL_TRADE_MODE_FULL = 4

# ENUM_SYMBOL_TRADE_EXECUTION
SYMBOL_TRADE_EXECUTION_REQUEST = 0
SYMBOL_TRADE_EXECUTION_INSTANT = 1
SYMBOL_TRADE_EXECUTION_MARKET = 2
SYMBOL_TRADE_EXECUTION_EXCHANGE = 3

# ENUM_SYMBOL_SWAP_MODE
SYMBOL_SWAP_MODE_DISABLED = 0
SYMBOL_SWAP_MODE_POINTS = 1
SYMBOL_SWAP_MODE_CURRENCY_SYMBOL = 2
SYMBOL_SWAP_MODE_CURRENCY_MARGIN = 3
SYMBOL_SWAP_MODE_CURRENCY_DEPOSIT = 4
SYMBOL_SWAP_MODE_INTEREST_CURRENT = 5
SYMBOL_SWAP_MODE_INTEREST_OPEN = 6
SYMBOL_SWAP_MODE_REOPEN_CURRENT = 7
SYMBOL_SWAP_MODE_REOPEN_BID = 8

# ENUM_DAY_OF_WEEK
DAY_OF_WEEK_SUNDAY = 0
DAY_OF_WEEK_MONDAY = 1
DAY_OF_WEEK_TUESDAY = 2
DAY_OF_WEEK_WEDNESDAY = 3
DAY_OF_WEEK_THURSDAY = 4
DAY_OF_WEEK_FRIDAY = 5
DAY_OF_WEEK_SATURDAY = 6

# ENUM_SYMBOL_ORDER_GTC_MODE
SYMBOL_ORDERS_GTC = 0
SYMBOL_ORDERS_DAILY = 1
SYMBOL_ORDERS_DAILY_NO_STOPS = 2

# ENUM_SYMBOL_OPTION_RIGHT
SYMBOL_OPTION_RIGHT_CALL = 0
SYMBOL_OPTION_RIGHT_PUT = 1

# ENUM_SYMBOL_OPTION_MODE
SYMBOL_OPTION_MODE_EUROPEAN = 0
SYMBOL_OPTION_MODE_AMERICAN = 1

# ENUM_ACCOUNT_TRADE_MODE
ACCOUNT_TRADE_MODE_DEMO = 0
ACCOUNT_TRADE_MODE_CONTEST = 1
ACCOUNT_TRADE_MODE_REAL = 2

# ENUM_ACCOUNT_STOPOUT_MODE
ACCOUNT_STOPOUT_MODE_PERCENT = 0
ACCOUNT_STOPOUT_MODE_MONEY = 1

# ENUM_ACCOUNT_MARGIN_MODE
ACCOUNT_MARGIN_MODE_RETAIL_NETTING = 0
ACCOUNT_MARGIN_MODE_EXCHANGE = 1
ACCOUNT_MARGIN_MODE_RETAIL_HEDGING = 2

# ENUM_BOOK_TYPE
BOOK_TYPE_SELL = 1
BOOK_TYPE_BUY = 2
BOOK_TYPE_SELL_MARKET = 3
BOOK_TYPE_BUY_MARKET = 4

# Order send/check return codes
TRADE_RETCODE_REQUOTE = 10004
TRADE_RETCODE_REJECT = 10006
TRADE_RETCODE_CANCEL = 10007
TRADE_RETCODE_PLACED = 10008
TRADE_RETCODE_DONE = 10009
TRADE_RETCODE_DONE_PARTIAL = 10010
TRADE_RETCODE_ERROR = 10011
TRADE_RETCODE_TIMEOUT = 10012
TRADE_RETCODE_INVALID = 10013
TRADE_RETCODE_INVALID_VOLUME = 10014
TRADE_RETCODE_INVALID_PRICE = 10015
TRADE_RETCODE_INVALID_STOPS = 10016
TRADE_RETCODE_TRADE_DISABLED = 10017
TRADE_RETCODE_MARKET_CLOSED = 10018
TRADE_RETCODE_NO_MONEY = 10019
TRADE_RETCODE_PRICE_CHANGED = 10020
TRADE_RETCODE_PRICE_OFF = 10021
TRADE_RETCODE_INVALID_EXPIRATION = 10022
TRADE_RETCODE_ORDER_CHANGED = 10023
TRADE_RETCODE_TOO_MANY_REQUESTS = 10024
TRADE_RETCODE_NO_CHANGES = 10025
TRADE_RETCODE_SERVER_DISABLES_AT = 10026
TRADE_RETCODE_CLIENT_DISABLES_AT = 10027
TRADE_RETCODE_LOCKED = 10028
TRADE_RETCODE_FROZEN = 10029
TRADE_RETCODE_INVALID_FILL = 10030
TRADE_RETCODE_CONNECTION = 10031
TRADE_RETCODE_ONLY_REAL = 10032
TRADE_RETCODE_LIMIT_ORDERS = 10033
TRADE_RETCODE_LIMIT_VOLUME = 10034
TRADE_RETCODE_INVALID_ORDER = 10035
TRADE_RETCODE_POSITION_CLOSED = 10036
TRADE_RETCODE_INVALID_CLOSE_VOLUME = 10038
TRADE_RETCODE_CLOSE_ORDER_EXIST = 10039
TRADE_RETCODE_LIMIT_POSITIONS = 10040
TRADE_RETCODE_REJECT_CANCEL = 10041
TRADE_RETCODE_LONG_ONLY = 10042
TRADE_RETCODE_SHORT_ONLY = 10043
TRADE_RETCODE_CLOSE_ONLY = 10044
TRADE_RETCODE_FIFO_CLOSE = 10045

# Error codes of, last_error()
RES_S_OK = 1
RES_E_FAIL = -1
RES_E_INVALID_PARAMS = -2
RES_E_NO_MEMORY = -3
RES_E_NOT_FOUND = -4
RES_E_INVALID_VERSION = -5
RES_E_AUTH_FAILED = -6
RES_E_UNSUPPORTED = -7
RES_E_AUTO_TRADING_DISABLED = -8
RES_E_INTERNAL_FAIL = -10000
RES_E_INTERNAL_FAIL_SEND = -10001
RES_E_INTERNAL_FAIL_RECEIVE = -10002
RES_E_INTERNAL_FAIL_INIT = -10003
RES_E_INTERNAL_FAIL_CONNECT = -10004
RES_E_INTERNAL_FAIL_TIMEOUT = -10005

# Absent from the wheel, sent by brokers that forbid opposite positions.
RETCODE_HEDGE_PROHIBITED: Final = 10046

CONSTANTS: Final[Mapping[str, int]] = {
    name: value
    for name, value in list(globals().items())
    if type(value) is int and not name.startswith(("_", "RETCODE_"))
}
"""Every constant of the wheel by name, 223 of them."""

RETCODE_NAMES: Final[Mapping[int, str]] = {
    value: name.removeprefix("TRADE_RETCODE_")
    for name, value in CONSTANTS.items()
    if name.startswith("TRADE_RETCODE_")
} | {RETCODE_HEDGE_PROHIBITED: "HEDGE_PROHIBITED"}
"""`order_send` outcome to its short name: 10009 to DONE."""

ERROR_TEXTS: Final[Mapping[int, str]] = {
    RES_S_OK: "Success",
    RES_E_FAIL: "Terminal: Call failed",
    RES_E_INVALID_PARAMS: "Terminal: Invalid params",
    RES_E_NO_MEMORY: "Terminal: Out of memory",
    RES_E_NOT_FOUND: "Terminal: Not found",
    RES_E_INVALID_VERSION: "Terminal: Incompatible versions, please install the latest version of "
    "Terminal and Python module",
    RES_E_AUTH_FAILED: "Terminal: Authorization failed",
    RES_E_UNSUPPORTED: "Terminal: Unsupported function",
    RES_E_AUTO_TRADING_DISABLED: "Auto-Trading using Python API disabled in Terminal",
    RES_E_INTERNAL_FAIL: "IPC call failed",
    RES_E_INTERNAL_FAIL_SEND: "IPC send failed",
    RES_E_INTERNAL_FAIL_RECEIVE: "IPC recv failed",
    RES_E_INTERNAL_FAIL_INIT: "IPC initialize failed",
    RES_E_INTERNAL_FAIL_CONNECT: "No IPC connection",
    RES_E_INTERNAL_FAIL_TIMEOUT: "IPC timeout",
}
"""`last_error()` code to the text that comes with it when the call gives no better one."""

# Function names by call class: no argument, positional only, keywords accepted.
CALLS_WITHOUT_ARGUMENTS: Final = (
    "shutdown", "version", "last_error", "terminal_info", "account_info",
    "symbols_total", "positions_total", "orders_total",
)  # fmt: skip
CALLS_POSITIONAL: Final = (
    "symbol_info", "symbol_info_tick", "symbol_select",
    "market_book_add", "market_book_release", "market_book_get",
    "copy_rates_from", "copy_rates_from_pos", "copy_rates_range", "copy_ticks_from", "copy_ticks_range",
    "history_orders_total", "history_deals_total", "order_calc_margin", "order_calc_profit",
)  # fmt: skip
CALLS_WITH_KEYWORDS: Final = (
    "initialize", "login", "symbols_get", "positions_get", "orders_get",
    "history_orders_get", "history_deals_get", "order_check", "order_send",
)  # fmt: skip
FUNCTIONS: Final = CALLS_WITHOUT_ARGUMENTS + CALLS_POSITIONAL + CALLS_WITH_KEYWORDS

_TYPES: Final[Mapping[str, type]] = {"i": int, "f": float, "s": str, "b": bool, "o": object}


def _shape(table: str) -> Shape:
    """Fields in order from lines of `kind: names`, the kind being i, f, s, b, or o for a nested struct."""
    rows = (row.split(":") for row in table.split(";"))
    return tuple((name, _TYPES[kind.strip()]) for kind, names in rows for name in names.split())


ACCOUNT_INFO: Final = _shape(
    """i: login trade_mode leverage limit_orders margin_so_mode; b: trade_allowed trade_expert;
    i: margin_mode currency_digits; b: fifo_close;
    f: balance credit profit equity margin margin_free margin_level margin_so_call margin_so_so
       margin_initial margin_maintenance assets liabilities commission_blocked;
    s: name server currency company"""
)
TERMINAL_INFO: Final = _shape(
    """b: community_account community_connection connected dlls_allowed trade_allowed tradeapi_disabled
       email_enabled ftp_enabled notifications_enabled mqid;
    i: build maxbars codepage ping_last; f: community_balance retransmission;
    s: company name language path data_path commondata_path"""
)
SYMBOL_INFO: Final = _shape(
    """b: custom; i: chart_mode; b: select visible;
    i: session_deals session_buy_orders session_sell_orders volume volumehigh volumelow time digits spread;
    b: spread_float;
    i: ticks_bookdepth trade_calc_mode trade_mode start_time expiration_time trade_stops_level
       trade_freeze_level trade_exemode swap_mode swap_rollover3days;
    b: margin_hedged_use_leg;
    i: expiration_mode filling_mode order_mode order_gtc_mode option_mode option_right;
    f: bid bidhigh bidlow ask askhigh asklow last lasthigh lastlow volume_real volumehigh_real
       volumelow_real option_strike point trade_tick_value trade_tick_value_profit trade_tick_value_loss
       trade_tick_size trade_contract_size trade_accrued_interest trade_face_value trade_liquidity_rate
       volume_min volume_max volume_step volume_limit swap_long swap_short margin_initial
       margin_maintenance session_volume session_turnover session_interest session_buy_orders_volume
       session_sell_orders_volume session_open session_close session_aw session_price_settlement
       session_price_limit_min session_price_limit_max margin_hedged price_change price_volatility
       price_theoretical price_greeks_delta price_greeks_theta price_greeks_gamma price_greeks_vega
       price_greeks_rho price_greeks_omega price_sensitivity;
    s: basis category currency_base currency_profit currency_margin bank description exchange formula
       isin name page path"""
)
TICK: Final = _shape("i: time; f: bid ask last; i: volume time_msc flags; f: volume_real")
TRADE_POSITION: Final = _shape(
    """i: ticket time time_msc time_update time_update_msc type magic identifier reason;
    f: volume price_open sl tp price_current swap profit; s: symbol comment external_id"""
)
TRADE_ORDER: Final = _shape(
    """i: ticket time_setup time_setup_msc time_done time_done_msc time_expiration type type_time
       type_filling state magic position_id position_by_id reason;
    f: volume_initial volume_current price_open sl tp price_current price_stoplimit;
    s: symbol comment external_id"""
)
TRADE_DEAL: Final = _shape(
    """i: ticket order time time_msc type entry magic position_id reason;
    f: volume price commission swap profit fee; s: symbol comment external_id"""
)
ORDER_SEND_RESULT: Final = _shape(
    "i: retcode deal order; f: volume price bid ask; s: comment; i: request_id retcode_external; o: request"
)
ORDER_CHECK_RESULT: Final = _shape(
    "i: retcode; f: balance equity profit margin margin_free margin_level; s: comment; o: request"
)
TRADE_REQUEST: Final = _shape(
    """i: action magic order; s: symbol; f: volume price stoplimit sl tp;
    i: deviation type type_filling type_time expiration; s: comment; i: position position_by"""
)
BOOK_INFO: Final = _shape("i: type; f: price; i: volume; f: volume_dbl")

SHAPES: Final[Mapping[str, Shape]] = {
    "AccountInfo": ACCOUNT_INFO,
    "TerminalInfo": TERMINAL_INFO,
    "SymbolInfo": SYMBOL_INFO,
    "Tick": TICK,
    "TradePosition": TRADE_POSITION,
    "TradeOrder": TRADE_ORDER,
    "TradeDeal": TRADE_DEAL,
    "OrderSendResult": ORDER_SEND_RESULT,
    "OrderCheckResult": ORDER_CHECK_RESULT,
    "TradeRequest": TRADE_REQUEST,
    "BookInfo": BOOK_INFO,
}
"""The module's eleven struct types: name to fields in order."""

# Rows of the structured arrays, packed, 60 bytes each; `numpy.dtype(list(RATES_FIELDS))` makes the dtype.
RATES_FIELDS: Final = (
    ("time", "<i8"), ("open", "<f8"), ("high", "<f8"), ("low", "<f8"), ("close", "<f8"),
    ("tick_volume", "<u8"), ("spread", "<i4"), ("real_volume", "<u8"),
)  # fmt: skip
TICKS_FIELDS: Final = (
    ("time", "<i8"), ("bid", "<f8"), ("ask", "<f8"), ("last", "<f8"),
    ("volume", "<u8"), ("time_msc", "<i8"), ("flags", "<u4"), ("volume_real", "<f8"),
)  # fmt: skip

MAX_TEXT_UNITS: Final = 29
"""A comment or symbol of more UTF-16 units than this fails with an invalid-argument error."""
