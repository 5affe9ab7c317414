"""Which of a broker's symbols is an instrument."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.model.symbols import listing_masks, matching
from core.mt5 import contract as mt5
from core.mt5.calls import Call
from core.mt5.connection import Connection
from core.mt5.errors import Context, NoData

_SHUT = (mt5.SYMBOL_TRADE_MODE_DISABLED, mt5.SYMBOL_TRADE_MODE_CLOSEONLY)


async def find(connection: Connection, instrument: str) -> str:
    """The broker's name for an instrument. Raises NoData, naming the candidates, for none or several."""
    if await _opens_itself(connection, instrument):
        return instrument
    listed = await connection.verified(Call("symbols_get", kwargs={"group": listing_masks(instrument)}))
    found = _choose(instrument, {info["name"]: _opens(info) for info in listed[-1].result})
    if len(found) == 1:
        return found[0]
    raise _undecided(instrument, found, connection.context("symbols_get"))


async def _opens_itself(connection: Connection, symbol: str) -> bool:
    try:
        return _opens(await connection.of_symbol(symbol, Call("symbol_info", (symbol,))))
    except NoData:
        return False


def _opens(info: Mapping[str, Any]) -> bool:
    """Whether the broker lets positions be opened in the symbol, on one side at least."""
    return info["trade_mode"] not in _SHUT


def _choose(instrument: str, opens: Mapping[str, bool]) -> Sequence[str]:
    """The candidates; one when the matter is clear. What cannot be traded counts only if nothing can."""
    candidates = matching(instrument, opens)
    tradable = [symbol for symbol in candidates if opens[symbol]]
    if not tradable and instrument in opens:
        return [instrument]
    return tradable or candidates


def _undecided(instrument: str, candidates: Sequence[str], context: Context) -> NoData:
    if candidates:
        several = f"Several symbols of the broker may be {instrument}: {', '.join(sorted(candidates))}."
        sentence = f"{several} An owner has to write the right one into the desk file."
    else:
        sentence = f"The broker of this account has no symbol for {instrument}."
    return NoData(sentence, context=context, for_trader=sentence)
