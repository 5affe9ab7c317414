"""What one cycle reads of an account, and what it makes of it before anything is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.desk import Desk
from core.model.accounts import Account
from core.model.divergences import DivergenceKind
from core.model.ids import TradeId
from core.model.instruments import Instrument, Side
from core.model.mt5 import MT5AccountSnapshot, MT5Deal
from core.model.symbols import instrument_of
from core.model.thresholds import Rules, Thresholds, thresholds_of
from core.model.trades import CloseReason, Trade
from core.mt5.errors import NoData
from core.mt5.session import Session
from core.reconciliation.closing import Closing, change_of, closing_of
from core.reconciliation.comparing import compare
from core.reconciliation.divergence import differs_in_volume
from core.reconciliation.matching import Matching, MatchPolicy, Pair
from core.trading.shares import Net, folded, told_apart


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a cycle concludes from, but for times and prices: the same of it, the same conclusions."""

    trades: Sequence[Trade]
    positions: frozenset[tuple[object, ...]]

    @classmethod
    def of(cls, trades: Sequence[Trade], snapshot: MT5AccountSnapshot) -> "Seen":
        """Opening times are left out: they shift when the broker's clock is told anew."""
        positions = (
            (
                *(p.identifier, p.ticket, p.symbol, p.side, p.volume, p.price_open),
                *(p.stop_loss, p.take_profit, p.magic, p.comment, p.reason),
            )
            for p in snapshot.positions
        )
        return cls(trades, frozenset(positions))


@dataclass(frozen=True, slots=True)
class Book:
    """Trades as they were read before the terminal, and what the terminal holds."""

    trades: Sequence[Trade]
    snapshot: MT5AccountSnapshot


@dataclass(frozen=True, slots=True)
class Known:
    """The account as it stands (names of symbols are found while the desk runs), and the numbers of positions
    that were found to have no trade.
    """

    account: Account
    strangers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reading:
    """A book with what was concluded from it.

    `closings` tell which trades have ended and how. `nets` are the others as they are compared, by their id,
    on a netting account those of a symbol as one; `changes` tell what made a position smaller or larger.
    """

    account: Account
    rules: Rules
    snapshot: MT5AccountSnapshot
    nets: Mapping[TradeId, Net]
    matching: Matching
    instruments: Mapping[str, Instrument]
    closings: Mapping[TradeId, Closing]
    changes: Mapping[TradeId, Closing]
    at: datetime

    def thresholds(self, symbol: str) -> Thresholds:
        return thresholds_of(_instrument(self.account, self.rules, symbol), self.rules, self.account.rules)


async def look(desk: Desk, account: Account, session: Session) -> Book:
    """Trades first, then the terminal: a trade that is settled in between is not yet expected."""
    async with desk.store.read() as tx:
        trades = await tx.trades.open_of(account.id)
    return Book(trades, await session.snapshot())


async def recall(desk: Desk, account: Account) -> Known:
    async with desk.store.read() as tx:
        present = await tx.accounts.get(account.id) or account
        lasting = [row.divergence for row in await tx.reconciliation.lasting(account.id)]
    strangers = (d.position for d in lasting if d.kind is DivergenceKind.UNMATCHED)
    return Known(present, frozenset(strangers))


async def conclude(desk: Desk, known: Known, rules: Rules, session: Session, book: Book) -> Reading:
    """What the history shows closed is closed, however much a position of somebody else is like it."""
    account = known.account
    instruments = await _instruments(session, book)
    closings = await _closings(session, book, instruments)
    nets = {net.whole.id: net for net in folded(trade for trade in book.trades if trade.id not in closings)}
    pips = {symbol: instrument.pip for symbol, instrument in instruments.items()}
    policy = MatchPolicy(pips=pips, symbols=account.symbols)
    expected = [net.whole for net in nets.values()]
    matching = compare(expected, book.snapshot.positions, policy, known.strangers)
    now = desk.clock.now()
    reading = Reading(account, rules, book.snapshot, nets, matching, instruments, closings, {}, now)
    return replace(reading, changes=await _changes(session, reading))


async def _instruments(session: Session, book: Book) -> dict[str, Instrument]:
    """Contracts by symbol. A broker may have taken away a symbol in which nothing is held any more.

    Raises NoData for one in which something is held.
    """
    held = {position.symbol for position in book.snapshot.positions}
    found = await session.contracts(held | {trade.symbol for trade in book.trades})
    if lost := held - found.keys():
        names = ", ".join(sorted(lost))
        raise NoData(f"no contract of {names}", for_trader=f"The terminal does not tell what {names} is.")
    return found


async def _closings(
    session: Session, book: Book, instruments: Mapping[str, Instrument]
) -> dict[TradeId, Closing]:
    """How those of the trades ended whose deals tell it: spent shares, and all of a position that is gone.

    One that has turned to the other side is gone for those who opened it.
    """
    sides = {position.identifier: position.side for position in book.snapshot.positions}
    nets = [
        net for net in folded(book.trades) if net.spent or sides.get(net.whole.position) is not net.whole.side
    ]
    deals = await _deals(session, [net.whole for net in nets])
    found: dict[TradeId, Closing] = {}
    for net in nets:
        instrument, side = instruments.get(net.whole.symbol), sides.get(net.whole.position)
        own = told_apart(net.shares, deals[net.whole.position], instrument)
        over = net.spent if side is net.whole.side else net.shares
        ends = {share.id: closing_of(share, own[share.id], instrument) for share in over}
        found |= {share: end for share, end in ends.items() if end and not _is_settled_later(net, side, end)}
    return found


def _is_settled_later(net: Net, side: Side | None, closing: Closing) -> bool:
    """Whether an order of the desk has turned the position: its settlement spends the shares."""
    turned = side is not None and side is not net.whole.side
    return turned and not net.spent and closing.reason is CloseReason.DESK


async def _changes(session: Session, reading: Reading) -> dict[TradeId, Closing]:
    """What has made positions smaller or larger than expected, where their deals tell it."""
    pairs = [pair for pair in reading.matching.pairs if _has_other_volume(reading, pair)]
    deals = await _deals(session, [pair.trade for pair in pairs])
    found = {
        pair.trade.id: change_of(
            pair.trade, deals[pair.trade.position], reading.instruments.get(pair.position.symbol)
        )
        for pair in pairs
    }
    return {trade: change for trade, change in found.items() if change is not None}


def _has_other_volume(reading: Reading, pair: Pair) -> bool:
    return differs_in_volume(pair, reading.thresholds(pair.position.symbol))


async def _deals(session: Session, trades: Collection[Trade]) -> Mapping[int, Sequence[MT5Deal]]:
    return await session.deals_of(trade.position for trade in trades) if trades else {}


def _instrument(account: Account, rules: Rules, symbol: str) -> str:
    """The desk's name of a symbol, as its rules use it: by what is pinned, else by how it is called."""
    pinned = (name for name, broker in account.symbols.items() if broker == symbol)
    ruled = {**account.rules.instruments, **rules.instruments}
    return next(pinned, None) or instrument_of(symbol, ruled)
