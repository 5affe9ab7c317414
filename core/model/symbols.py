"""What brokers call instruments: the usual other names, and what they put before and after a name."""

import re
from collections.abc import Iterable

_INDICES = (
    ("US30", "DJ30", "WS30", "DJI30", "WALLSTREET30"),
    ("US500", "SPX500", "SP500", "SPX"),
    ("US100", "USTEC", "NAS100", "NDX100", "NASDAQ100"),
    ("US2000", "RUSSELL2000", "RTY2000"),
    ("DE40", "GER40", "DAX40", "DE30", "GER30", "DAX30"),
    ("UK100", "FTSE100"),
    ("FR40", "FRA40", "CAC40"),
    ("EU50", "STOXX50", "EUSTX50", "ESTX50"),
    ("JP225", "JPN225", "NIKKEI225", "NI225"),
    ("HK50", "HSI50"),
    ("AU200", "AUS200", "ASX200"),
)
_OTHERS = (
    ("XAUUSD", "GOLD", "XAU"),
    ("XAGUSD", "SILVER", "XAG"),
    ("USOIL", "WTI", "XTIUSD"),
    ("UKOIL", "BRENT", "XBRUSD"),
    ("NATGAS", "XNGUSD"),
    ("BTCUSD", "BITCOIN"),
    ("ETHUSD", "ETHEREUM"),
)
_SAME = (*_INDICES, *_OTHERS)
INDEX_NAMES = tuple(name for names in _INDICES for name in names)
_BEFORE = r"(?:[a-z]{1,3}[._-]?|[#.@_$!&-])?"
_WORDS = "ECN|PRO|RAW|STP|STD|CASH|MICRO|MINI|ZERO|VIP|SPOT|[CIMRZ]"
_AFTER = rf"(?:[._#@!+^-](?:[A-Za-z]{{1,8}}[+#!]?)?|[A-Z][a-z]{{2,7}}[+#!]?|(?:{_WORDS}))?"
_AFTER_CAPITALS = rf"{_AFTER}|[a-z]{{1,7}}[+#!]?"


def names_of(instrument: str) -> tuple[str, ...]:
    """The instrument's own name first, then the others that mean the same; in capitals."""
    own = instrument.upper()
    others = next((names for names in _SAME if own in names), ())
    return (own, *(name for name in others if name != own))


def bare(symbol: str) -> str:
    """A broker's symbol without what brokers put before a name, in capitals."""
    return re.sub(rf"^{_BEFORE}(?=[A-Z])", "", symbol).upper()


def is_called(symbol: str, name: str) -> bool:
    """Whether a broker's `symbol` is `name`, plain or with a prefix or suffix as brokers use them.

    EURUSD.m, EURUSDm, mEURUSD, EURUSD-ECN, #US30, US30Cash, Gold are; BTCUSDT is no BTCUSD, US300 no US30
    and Goldman no GOLD.
    """
    start = symbol.upper().find(name)
    if start < 0:
        return False
    before, as_written, after = symbol[:start], symbol[start : start + len(name)], symbol[start + len(name) :]
    suffix = _AFTER_CAPITALS if as_written.isupper() else _AFTER
    return bool(re.fullmatch(_BEFORE, before) and re.fullmatch(suffix, after))


def matching(instrument: str, symbols: Iterable[str]) -> tuple[str, ...]:
    """The symbols that may be the instrument under one of its names, in their own order."""
    names = names_of(instrument)
    return tuple(symbol for symbol in symbols if any(is_called(symbol, name) for name in names))


def listing_masks(instrument: str) -> str:
    """A `group` for `symbols_get` that keeps all of `matching` (masks mind capitals)."""
    forms = (form for name in names_of(instrument) for form in (name, name.lower(), name.capitalize()))
    return ",".join(f"*{form}*" for form in dict.fromkeys(forms))


def instrument_of(symbol: str, instruments: Iterable[str]) -> str:
    """Which of the instruments a broker's symbol stands for, by its name; itself when it is none of them."""
    meant = (name for name in instruments if any(is_called(symbol, one) for one in names_of(name)))
    return next(meant, symbol)
