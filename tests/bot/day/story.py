"""The day, hour by hour: what hands and faults do, and what people are to be told of it."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from core.model.divergences import DivergenceKind as Kind
from core.model.instruments import Side
from core.model.trades import CloseReason
from core.mt5 import contract as mt5
from core.paper import hands
from core.paper.server.faults import Fault
from core.paper.server.faults import Kind as Mishap
from core.paper.server.requests import Request
from core.trading.changing import close_position
from tests.bot.day.acting import (
    OF_A_PROGRAM,
    PIP,
    buy_by_hand,
    close,
    close_part,
    close_silently,
    deals_of,
    expect,
    expect_close,
    made,
    mishap,
    move_stop,
    open_trade,
    renumber,
)
from tests.bot.day.desk import LOTS, Day
from tests.bot.day.telling import Expected, exact, result_of
from tests.fakes.desk import ALMOST_STILL

D = Decimal
Scene = Callable[[Day], Awaitable[None]]

HISTORY_IS_LATE_S = 110 * 60
A_DAY_S = 86_400
BY_TARA, BY_OWNER = "by Trader 1", "by Olivia"


# The morning: a difference of each kind


async def a_fill_slips(day: Day) -> None:
    mishap(day, Fault(Mishap.SLIPPAGE, points=90))
    trade = await open_trade(day, "slipped")
    filled = exact(day.positions(day.tara)[trade.position].price_open)
    more = (filled - trade.expected_price) / PIP
    cost = f"cost {more:.1f} pips more than expected: {filled} instead of {trade.expected_price}."
    expect(day, Kind.SLIPPAGE, trade, f"The buy of {LOTS} EURUSD {cost}", f"Accepted {BY_TARA}")


async def a_quiet_trade(day: Day) -> None:
    await open_trade(day, "trailed")


async def its_stop_is_moved(day: Day) -> None:
    trade = day.trades["trailed"]
    move_stop(day, trade, pips=20)
    expected = f"The desk expected a stop at {trade.stop_loss}."
    expect(day, Kind.STOPS, trade, "the stop was moved by 50.0 pips", expected, "has a message of its own")


async def it_trails_in_ten_steps(day: Day) -> None:
    """One message, edited with each."""
    for step in range(1, 11):
        move_stop(day, day.trades["trailed"], pips=20 + 3 * step)
        await day.cycle()
    [message] = await day.told(day.tara.person, Kind.STOPS)
    assert message["edits"] == 10


async def it_is_removed(day: Day) -> None:
    trade = day.trades["trailed"]
    move_stop(day, trade, pips=None)
    expected = f"The desk expected a stop at {trade.stop_loss}."
    asked, over = f"To be restored, asked {BY_TARA}", "what is held is what the desk expects again"
    expect(day, Kind.STOPS, trade, "the stop was removed", expected, asked, over)


async def a_part_is_closed_on_a_phone(day: Day) -> None:
    await open_trade(day, "parted")
    await day.cycle()
    close_part(day, "parted", mt5.ORDER_REASON_MOBILE, "0.10", f"Accepted {BY_TARA}")


async def that_is_accepted(day: Day) -> None:
    await day.tap(day.tara.person, Kind.VOLUME, "Accept")


async def another_part_in_a_browser(day: Day) -> None:
    """Nobody says anything to that until the rest is closed."""
    close_part(day, "parted", mt5.ORDER_REASON_WEB, "0.10", "the position was closed by hand on a phone")


async def gold_is_sold_by_hand(day: Day) -> None:
    sell, login = mt5.ORDER_TYPE_SELL, day.tara.account.login
    gold = made(day, lambda: day.hands.open_position(login, "XAUUSD", sell, 0.01))
    day.numbers["gold by hand"] = gold.identifier
    what = f"A sell of 0.01 XAUUSD at {exact(gold.price_open)} was opened by hand (desktop terminal)"
    then = f"Ignored {BY_TARA}", "the position is not open any more"
    day.expect(Expected(day.tara.account, Kind.UNMATCHED, gold.identifier, (what, *then)))


async def that_is_ignored(day: Day) -> None:
    await day.tap(day.tara.person, Kind.UNMATCHED, "Ignore")


async def a_program_buys_gold(day: Day) -> None:
    request = Request(
        action=mt5.TRADE_ACTION_DEAL, symbol="XAUUSD", type=mt5.ORDER_TYPE_BUY, volume=0.02,
        magic=OF_A_PROGRAM, tp=round(day.paper.quote("XAUUSD").ask * 1.02, 2),
    )  # fmt: skip
    program = day.hands.by(mt5.ORDER_REASON_EXPERT)
    gold = made(day, lambda: program.trade(day.tara.account.login, request))
    day.numbers["gold of a program"] = gold.identifier
    what = f"A buy of 0.02 XAUUSD at {exact(gold.price_open)} was opened by another program (magic 4711)"
    then = f"its target: {exact(gold.tp)}", f"Adopted {BY_OWNER}"
    day.expect(Expected(day.tara.account, Kind.UNMATCHED, gold.identifier, (what, *then)))


async def the_owner_adopts_that(day: Day) -> None:
    await day.tap(day.paper.owner, Kind.UNMATCHED, "Adopt")
    number = day.numbers["gold of a program"]
    [trade] = [trade for trade in await day.paper.trades(day.tara) if trade.position == number]
    day.trades["adopted"] = trade


async def two_twins(day: Day) -> None:
    """A person buys the same as the desk, and the broker books the desk's position under another number."""
    trade = await open_trade(day, "twin")
    twin = buy_by_hand(day, LOTS)
    own = renumber(day, trade.position)
    day.numbers |= {"twin by hand": twin.identifier, "twin": own.identifier}
    what = f"The desk's buy of {LOTS} EURUSD at {trade.open_price} cannot be told by its number"
    expect(day, Kind.AMBIGUOUS, trade, what, f"Chosen {BY_TARA}", f"it is position #{own.identifier}")


async def one_vanishes(day: Day) -> None:
    """Closed in a browser, but for two hours the broker's history does not tell of it."""
    trade = await open_trade(day, "vanished")
    await day.until("11:15")
    seconds = HISTORY_IS_LATE_S / ALMOST_STILL
    mishap(day, Fault(Mishap.LAG, call="history_deals_get", count=100_000, seconds=seconds))
    what = f"The buy of {LOTS} EURUSD at {trade.open_price} was gone"
    then = "the position was closed by hand in the web terminal"
    expect(day, Kind.MISSING, trade, what, then)
    close_silently(day, "vanished", mt5.ORDER_REASON_WEB)
    await day.cycle()
    assert await day.told(day.tara.person, Kind.MISSING) == []
    await day.cycle()
    assert len(await day.told(day.tara.person, Kind.MISSING)) == 1


# Two shares of a net position


async def two_shares(day: Day) -> None:
    for name in ("first share", "second share"):
        await open_trade(day, name, day.nora, instrument="XAUUSD")
        await day.cycle()


async def a_part_of_them_is_closed(day: Day) -> None:
    close_part(day, "first share", mt5.ORDER_REASON_CLIENT, "0.30", "Accepted by Trader 2")


async def nora_accepts_that(day: Day) -> None:
    await day.tap(day.nora.person, Kind.VOLUME, "Accept")


# Noon


async def a_restart(day: Day) -> None:
    lasting = {row.divergence.kind for row in await day.log() if row.lasts}
    kinds = {Kind.SLIPPAGE, Kind.STOPS, Kind.VOLUME, Kind.UNMATCHED, Kind.AMBIGUOUS, Kind.MISSING}
    assert lasting == kinds
    await day.restart()


async def the_stop_is_restored(day: Day) -> None:
    await day.tap(day.tara.person, Kind.STOPS, "Restore")
    day.paper.pass_time(5)
    await day.work(day.tara)


async def the_twins_are_told_apart(day: Day) -> None:
    """The other one is somebody else's."""
    [message] = await day.told(day.tara.person, Kind.AMBIGUOUS)
    number = day.numbers["twin"]
    [label] = [button for button in message["buttons"] if button.startswith(f"#{number} ")]
    await day.tap(day.tara.person, Kind.AMBIGUOUS, label)
    twin = day.numbers["twin by hand"]
    what = f"A buy of {LOTS} EURUSD at ", "was opened by hand (desktop terminal)"
    day.expect(Expected(day.tara.account, Kind.UNMATCHED, twin, (*what, "is not open any more")))


async def the_slipped_fill_is_accepted(day: Day) -> None:
    await day.tap(day.tara.person, Kind.SLIPPAGE, "Accept")


async def looked_for_once_more(day: Day) -> None:
    await day.tap(day.tara.person, Kind.MISSING, "Check again")


async def the_deal_turns_up(day: Day) -> None:
    day.hands.no_misfortunes()
    expect_close(day, day.trades["vanished"], CloseReason.WEB)


# The afternoon: how positions end


async def one_reading_shows_nothing(day: Day) -> None:
    """The list of positions comes up empty once: nobody is gone, and nobody is new with the next."""
    before = await day.log()
    mishap(day, Fault(Mishap.LAG, call="positions_get", seconds=A_DAY_S / ALMOST_STILL))
    await day.cycle()
    assert day.paper.desk.board.of(day.tara.account.id).positions == 0
    await day.cycle()
    assert day.paper.desk.board.of(day.tara.account.id).positions == len(day.positions(day.tara))
    assert await day.log() == before


async def gold_soars(day: Day) -> None:
    """What was sold meets its stop, what was bought its target."""
    trade = await open_trade(day, "gold sold", instrument="XAUUSD", side=Side.SELL)
    await day.cycle()
    day.paper.move("XAUUSD", 3)
    expect_close(day, day.trades["adopted"], CloseReason.TAKE_PROFIT)
    expect_close(day, trade, CloseReason.STOP_LOSS)


async def the_rest_is_closed_on_a_phone(day: Day) -> None:
    close(day, "parted", mt5.ORDER_REASON_MOBILE)


async def closed_at_the_desktop(day: Day) -> None:
    day.trades["twin"] = await day.trade("twin")
    close(day, "twin", mt5.ORDER_REASON_CLIENT)


async def closed_by_a_program(day: Day) -> None:
    close(day, "slipped", mt5.ORDER_REASON_EXPERT)


async def an_hour_without_the_cable(day: Day) -> None:
    """The gold is bought back meanwhile."""
    before = await day.log()
    hands.plug(day.tara.folder, connected=False)
    await day.until("16:15")
    gold = day.numbers["gold by hand"]
    assert day.hands.close_position(day.tara.account.login, gold).deal
    await day.until("16:45")
    assert await day.log() == before
    hands.plug(day.tara.folder, connected=True)


async def three_reads_fail(day: Day) -> None:
    before = await day.log()
    mishap(day, Fault(Mishap.FAIL, call="positions_get", count=3))
    for failures in (1, 2, 3):
        await day.cycle()
        assert day.paper.desk.board.of(day.tara.account.id).failures == failures
    assert await day.log() == before


async def all_workers_are_killed(day: Day) -> None:
    await day.kill_workers()


async def gold_falls(day: Day) -> None:
    """The net position meets its stop, and with it both shares."""
    day.paper.move("XAUUSD", -8)
    for name in ("first share", "second share"):
        expect(day, Kind.CLOSED, day.trades[name], "was closed by its stop loss")


async def the_shares_have_made_what_was_booked(day: Day) -> None:
    shares = [await day.trade(name) for name in ("first share", "second share")]
    booked = result_of(deals_of(day, day.nora, shares[0].position))
    assert sum(share.profit or D(0) for share in shares) == booked


# The night, with its swap


async def closed_by_the_desk(day: Day) -> None:
    trade = day.trades["trailed"]
    await close_position(day.paper.desk, day.tara.account.id, trade.position, day.tara.person)
    await day.work(day.tara)
    assert any(deal.swap for deal in deals_of(day, day.tara, trade.position))
    expect_close(day, trade, CloseReason.DESK)


async def a_last_trade(day: Day) -> None:
    await open_trade(day, "last")


async def the_money_is_withdrawn(day: Day) -> None:
    """What is left does not carry the positions any more."""
    login = day.tara.account.login
    equity = day.hands.broker.view(login).figures().equity
    day.hands.withdraw(login, round(equity - 100, 2))
    day.paper.pass_time(5)
    day.hands.broker.view(login)
    expect_close(day, day.trades["last"], CloseReason.STOP_OUT)


DAY: list[tuple[str, Scene]] = [
    ("06:10", a_fill_slips),
    ("06:30", a_quiet_trade),
    ("07:00", its_stop_is_moved),
    ("07:05", it_trails_in_ten_steps),
    ("07:30", two_shares),
    ("08:10", it_is_removed),
    ("08:30", a_part_is_closed_on_a_phone),
    ("08:40", that_is_accepted),
    ("09:15", another_part_in_a_browser),
    ("09:30", a_part_of_them_is_closed),
    ("09:40", nora_accepts_that),
    ("09:45", gold_is_sold_by_hand),
    ("09:50", that_is_ignored),
    ("10:00", a_program_buys_gold),
    ("10:05", the_owner_adopts_that),
    ("10:30", two_twins),
    ("10:50", one_vanishes),
    ("12:00", a_restart),
    ("12:30", the_stop_is_restored),
    ("12:40", the_twins_are_told_apart),
    ("12:45", looked_for_once_more),
    ("12:50", the_slipped_fill_is_accepted),
    ("13:00", the_deal_turns_up),
    ("13:10", one_reading_shows_nothing),
    ("13:20", gold_soars),
    ("15:00", the_rest_is_closed_on_a_phone),
    ("15:15", closed_at_the_desktop),
    ("15:30", closed_by_a_program),
    ("15:45", an_hour_without_the_cable),
    ("17:00", three_reads_fail),
    ("17:30", all_workers_are_killed),
    ("17:45", gold_falls),
    ("17:50", the_shares_have_made_what_was_booked),
    ("22:05", closed_by_the_desk),
    ("22:10", a_last_trade),
    ("22:15", the_money_is_withdrawn),
]
