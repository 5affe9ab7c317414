"""What hands do at the broker in the course of the day, noted with what people are to be told of it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from bot.views.divergences.sentences import closed_by
from core.model.divergences import DivergenceKind as Kind
from core.model.instruments import Side
from core.model.trades import CloseReason, Trade
from core.mt5 import contract as mt5
from core.paper.server.faults import Fault
from core.paper.server.records import Deal, Position
from core.paper.server.requests import Request
from core.paper.server.trade import Outcome
from tests.bot.day.desk import Day
from tests.bot.day.telling import Expected, exact, of_a_close, of_a_part
from tests.bot.wording import ENGLISH
from tests.fakes.desk import Trader

FAR = Decimal("0.02")
"""How far away stops and targets are, as a share of the price: only a shock gets there."""

PIP = Decimal("0.0001")
OF_A_PROGRAM = 4711

BY_REASON = {
    mt5.ORDER_REASON_CLIENT: CloseReason.DESKTOP,
    mt5.ORDER_REASON_MOBILE: CloseReason.MOBILE,
    mt5.ORDER_REASON_WEB: CloseReason.WEB,
    mt5.ORDER_REASON_EXPERT: CloseReason.OTHER_PROGRAM,
}


# What the desk does


async def open_trade(day: Day, name: str, trader: Trader | None = None, **signal: object) -> Trade:
    """A trade of that name, whose stop only a shock can hit."""
    to = trader or day.tara
    quote = day.paper.quote(str(signal.get("instrument", "EURUSD")), to)
    price, side = exact(quote.bid), signal.get("side", Side.BUY)
    stop = (price * (1 - FAR if side is Side.BUY else 1 + FAR)).quantize(price)
    trade = day.trades[name] = await day.opened(to, stop_loss=stop, **signal)
    return trade


# What hands do


def move_stop(day: Day, trade: Trade, pips: int | None) -> None:
    """So many pips above the trade's own, where it lies nearer; None removes it."""
    assert trade.stop_loss is not None
    stop = 0.0 if pips is None else float(trade.stop_loss + trade.side.sign * pips * PIP)
    outcome = day.hands.move_stops(day.tara.account.login, trade.position, stop, 0.0)
    assert outcome.retcode == mt5.TRADE_RETCODE_DONE


def buy_by_hand(day: Day, lots: Decimal) -> Position:
    buy = mt5.ORDER_TYPE_BUY
    return made(day, lambda: day.hands.open_position(day.tara.account.login, "EURUSD", buy, float(lots)))


def made(day: Day, act: Callable[[], Outcome]) -> Position:
    """The position that an act has made on Tara's account."""
    before = set(day.positions(day.tara))
    outcome = act()
    assert outcome.retcode == mt5.TRADE_RETCODE_DONE, outcome
    [identifier] = set(day.positions(day.tara)) - before
    return day.positions(day.tara)[identifier]


def close_part(day: Day, name: str, reason: int, lots: str, *then: str) -> None:
    """Close a part of a trade, from the place that the reason names."""
    trade = day.trades[name]
    trader, before = day.trader_of(trade), day.positions(day.trader_of(trade))[trade.position].volume
    login = trader.account.login
    assert day.hands.by(reason).close_position(login, trade.position, float(lots)).deal
    deal = deals_of(day, trader, trade.position)[-1]
    words = of_a_part(trade.symbol, exact(before), deal, closed_by(BY_REASON[reason], ENGLISH))
    day.expect(Expected(trader.account, Kind.VOLUME, trade.position, (*words, *then)))


def close(day: Day, name: str, reason: int) -> None:
    """Close all that is left of a trade, which is to be told with the next cycle."""
    close_silently(day, name, reason)
    expect_close(day, day.trades[name], BY_REASON[reason])


def close_silently(day: Day, name: str, reason: int) -> None:
    """Close it from the place that the reason names."""
    trade = day.trades[name]
    login = day.tara.account.login
    left = day.positions(day.tara)[trade.position].volume
    magic = OF_A_PROGRAM if reason == mt5.ORDER_REASON_EXPERT else 0
    request = Request(
        action=mt5.TRADE_ACTION_DEAL, symbol=trade.symbol, type=mt5.ORDER_TYPE_SELL, volume=left,
        position=trade.position, magic=magic,
    )  # fmt: skip
    assert day.hands.by(reason).trade(login, request).deal


def mishap(day: Day, fault: Fault) -> None:
    """On Tara's terminal."""
    day.hands.misfortune(replace(fault, login=day.tara.account.login))


def renumber(day: Day, identifier: int) -> Position:
    """The broker books a position anew, as when it moves an account: another number, no marks."""
    with day.hands.broker.change(day.tara.account.login) as dealer:
        ledger = dealer.ledger
        held, number = ledger.positions[identifier], ledger.next_ticket()
        ledger.drop(identifier)
        bare = replace(held, ticket=number, identifier=number, magic=0, comment="")
        ledger.keep(bare)
    return bare


# What is to be told of it


def expect(day: Day, kind: Kind, trade: Trade, *words: str) -> None:
    day.expect(Expected(day.trader_of(trade).account, kind, trade.position, words))


def expect_close(day: Day, trade: Trade, by: CloseReason) -> None:
    """With what the broker's deals say of price and money."""
    trader = day.trader_of(trade)
    deals = deals_of(day, trader, trade.position)
    words = of_a_close(trade.symbol, trade.side, deals, closed_by(by, ENGLISH))
    day.expect(Expected(trader.account, Kind.CLOSED, trade.position, words))


def deals_of(day: Day, trader: Trader, position: int) -> list[Deal]:
    """All of a position, as the broker has booked them."""
    book = day.hands.broker.book
    return [deal for deal in book.deals(trader.account.login) if deal.position_id == position]
