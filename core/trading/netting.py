"""Accounts that keep one net position of each symbol, and what an opening makes there."""

from dataclasses import dataclass
from datetime import datetime

from core.model.mt5 import MT5AccountState, MT5Position
from core.mt5 import contract as mt5


def nets(account: MT5AccountState) -> bool:
    """Whether a deal adds to, reduces or turns the symbol's position instead of opening one of its own."""
    return account.margin_mode != mt5.ACCOUNT_MARGIN_MODE_RETAIL_HEDGING


@dataclass(frozen=True, slots=True)
class Opened:
    """What a filled opening has made, beside what its intent tells.

    `position` is as it is held now, None when it could not be read or is gone again. `shared` says that the
    account nets: others may have a part in the position. `at` is the time of the fill by the broker's clock,
    where that is known.
    """

    position: MT5Position | None = None
    shared: bool = False
    at: datetime | None = None


UNSEEN = Opened()
