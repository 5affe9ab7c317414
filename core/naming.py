"""The broker's names for the desk's instruments: pinned per account, so that they never change silently."""

from dataclasses import replace

import structlog

from core.desk import Desk
from core.model.accounts import Account
from core.model.events import Event, Json

log = structlog.get_logger(__name__)


async def broker_symbol(desk: Desk, account: Account, instrument: str) -> str:
    """The symbol of an instrument on an account: the pinned one, else found at the broker now.

    Another name than the instrument's own is pinned when it is found, and its finding recorded; an owner
    changes it in the desk file. Raises TerminalError, NoData when no symbol or several may be meant.
    """
    pinned = account.symbols.get(instrument) or await _pinned(desk, account, instrument)
    if pinned is not None:
        return pinned
    session = await desk.terminals.session(account.id)
    symbol = await session.find_symbol(instrument)
    return symbol if symbol == instrument else await _pin(desk, account, instrument, symbol)


async def _pinned(desk: Desk, account: Account, instrument: str) -> str | None:
    """As the database knows it: `account` may have been read before the name was found."""
    async with desk.store.read() as tx:
        current = await tx.accounts.get(account.id)
    return current.symbols.get(instrument) if current is not None else None


async def _pin(desk: Desk, account: Account, instrument: str, symbol: str) -> str:
    """The symbol that is pinned now: the first finding stays."""
    async with desk.store.write() as tx:
        current = await tx.accounts.get(account.id) or account
        if instrument in current.symbols:
            return current.symbols[instrument]
        pinned = replace(current, symbols={**current.symbols, instrument: symbol})
        await tx.accounts.put(pinned, await tx.accounts.password(account.id))
        names: Json = {"instrument": instrument, "symbol": symbol}
        await tx.events.append(Event("account.symbol", desk.clock.now(), account.label, names, account.id))
    log.info("symbol_pinned", account=account.label, **names)
    return symbol
