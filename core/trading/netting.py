"""Accounts that keep one net position of each symbol."""

from core.model.mt5 import MT5AccountState
from core.mt5 import contract as mt5


def nets(account: MT5AccountState) -> bool:
    """Whether a deal adds to, reduces or turns the symbol's position instead of opening one of its own."""
    return account.margin_mode != mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING
