"""How far a position may be from its trade, and what its deals tell of its end."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.divergences import Divergence, DivergenceKind
from core.model.ids import IntentId, magic_of
from core.model.instruments import Instrument, Side
from core.model.mt5 import DealEntry, MT5Deal, MT5Position
from core.model.thresholds import Thresholds
from core.model.trades import CloseReason, Trade
from core.reconciliation.closing import Closing, Costs, closing_of
from core.reconciliation.divergence import differences, missing, stranger
from core.reconciliation.matching import Pair
from tests.core.reconciliation.books import ACCOUNT, NOW, SECOND, a_deal, a_position, a_trade, an_instrument

DEFAULT = Thresholds()
EURUSD, USDJPY, GOLD = an_instrument(), an_instrument("USDJPY", 3), an_instrument("XAUUSD", 2)


def found(
    trade: Trade,
    position: MT5Position,
    instrument: Instrument = EURUSD,
    thresholds: Thresholds = DEFAULT,
) -> list[Divergence]:
    return list(differences(Pair(trade, position), instrument, thresholds))


def test_what_is_as_expected_is_no_divergence() -> None:
    assert found(a_trade(), a_position()) == []


# -- slippage


@pytest.mark.parametrize(
    ("instrument", "expected", "at", "over"),
    [
        (EURUSD, "1.10000", "1.10050", "1.10051"),
        (USDJPY, "150.000", "150.050", "150.051"),
        (GOLD, "2650.00", "2650.50", "2650.51"),
    ],
)
def test_five_pips_of_slippage_are_not_worth_telling_and_more_are(
    instrument: Instrument, expected: str, at: str, over: str
) -> None:
    trade = a_trade(symbol=instrument.symbol, expected_price=Decimal(expected))
    assert found(trade, a_position(price_open=Decimal(at)), instrument) == []
    [slippage] = found(trade, a_position(price_open=Decimal(over)), instrument)
    assert (slippage.kind, slippage.size, slippage.unit) == (DivergenceKind.SLIPPAGE, Decimal("5.1"), "pips")
    assert (slippage.facts["expected"], slippage.facts["filled"]) == (expected, over)


@pytest.mark.parametrize(
    ("side", "filled", "size"),
    [(Side.BUY, "1.10100", "10.0"), (Side.BUY, "1.09900", "-10.0"),
     (Side.SELL, "1.09900", "10.0"), (Side.SELL, "1.10100", "-10.0")],
)  # fmt: skip
def test_slippage_is_positive_when_it_costs(side: Side, filled: str, size: str) -> None:
    [slippage] = found(a_trade(side=side), a_position(side=side, price_open=Decimal(filled)))
    assert slippage.size == Decimal(size)


# -- volume


@pytest.mark.parametrize(
    ("expected", "held", "size"),
    [("1.00", "1.10", None), ("1.00", "0.90", None), ("1.00", "1.11", "11"), ("1.00", "0.89", "-11"),
     ("0.10", "0.05", "-50"), ("0.03", "0.01", "-67"), ("1.000", "0.899", "-10")],
)  # fmt: skip
def test_a_tenth_of_the_volume_may_differ(expected: str, held: str, size: str | None) -> None:
    told = found(a_trade(volume=Decimal(expected)), a_position(volume=Decimal(held)))
    assert [d.size for d in told] == ([] if size is None else [Decimal(size)])
    assert all(d.kind is DivergenceKind.VOLUME and d.unit == "%" for d in told)


# -- stops


@pytest.mark.parametrize(
    ("stop", "target", "size", "grade"),
    [
        ("1.08900", "1.11000", None, None),
        ("1.08899", "1.11000", "10.1", "stop:moved"),
        ("1.09101", "1.11000", "10.1", "stop:moved"),
        ("1.09000", "1.11200", "20.0", "target:moved"),
        ("1.08500", "1.11200", "50.0", "stop:moved+target:moved"),
        (None, "1.11000", "0", "stop:removed"),
        ("1.09000", None, "0", "target:removed"),
        (None, None, "0", "stop:removed+target:removed"),
        (None, "1.11500", "50.0", "stop:removed+target:moved"),
    ],
)
def test_stops_moved_further_than_ten_pips_and_stops_removed(
    stop: str | None, target: str | None, size: str | None, grade: str | None
) -> None:
    position = a_position(
        stop_loss=None if stop is None else Decimal(stop),
        take_profit=None if target is None else Decimal(target),
    )
    told = found(a_trade(), position)
    assert [d.size for d in told] == ([] if size is None else [Decimal(size)])
    assert [d.grade for d in told] == ([] if grade is None else [grade])


def test_a_stop_that_a_person_has_added() -> None:
    [stops] = found(a_trade(stop_loss=None), a_position())
    assert (stops.facts["stop_expected"], stops.facts["stop_held"]) == ("none", "1.09000")


def test_levels_are_told_with_all_digits_of_the_symbol() -> None:
    """As a terminal's float brings them, 1.1 stands beside 1.09000."""
    [stops] = found(a_trade(), a_position(stop_loss=Decimal("1.1")))
    assert (stops.facts["stop_expected"], stops.facts["stop_held"]) == ("1.09000", "1.10000")


def test_a_stop_that_trails_the_price_is_one_divergence() -> None:
    """Its size is shown anew, its key stays; a removal is another one."""
    steps = [found(a_trade(), a_position(stop_loss=Decimal(f"1.09{step}00")))[0] for step in range(2, 9)]
    assert len({step.key for step in steps}) == 1
    assert [step.size for step in steps] == [Decimal(10 * step) for step in range(2, 9)]
    [removed] = found(a_trade(), a_position(stop_loss=None))
    assert removed.key != steps[0].key


def test_each_further_level_is_another_divergence() -> None:
    """The second removal is told, though the first one lasts."""
    [one] = found(a_trade(), a_position(stop_loss=None))
    [both] = found(a_trade(), a_position(stop_loss=None, take_profit=None))
    assert one.key != both.key


def test_a_position_may_differ_in_every_way_at_once() -> None:
    odd = a_position(price_open=Decimal("1.11"), volume=Decimal("0.05"), stop_loss=None)
    assert [d.kind for d in found(a_trade(), odd)] == [
        DivergenceKind.SLIPPAGE,
        DivergenceKind.VOLUME,
        DivergenceKind.STOPS,
    ]


def test_thresholds_of_ones_own() -> None:
    strict = Thresholds(Decimal(0), Decimal(0), Decimal(0))
    assert found(a_trade(), a_position(), thresholds=strict) == []
    odd = a_position(price_open=Decimal("1.10001"), volume=Decimal("0.11"), stop_loss=Decimal("1.09001"))
    assert len(found(a_trade(), odd, thresholds=strict)) == 3


@pytest.mark.parametrize(("reason", "by"), [(0, "desktop"), (1, "mobile"), (2, "web"), (3, "program")])
def test_a_stranger_says_who_opened_it(reason: int, by: str) -> None:
    assert stranger(ACCOUNT, a_position(reason=reason)).facts["by"] == by


def test_what_is_missing_names_its_trade() -> None:
    gone = missing(a_trade(7))
    assert (gone.position, gone.trade_id, gone.size, gone.unit) == (7, a_trade(7).id, Decimal("0.10"), "lots")


# -- the end of a trade

IN = a_deal(DealEntry.IN, commission=Decimal("-0.35"))
OURS = magic_of(IntentId(7))


def closing(*deals: MT5Deal, trade: Trade | None = None) -> Closing | None:
    return closing_of(trade or a_trade(), deals, EURUSD)


@pytest.mark.parametrize(
    ("reason", "magic", "by"),
    [
        (0, 0, CloseReason.DESKTOP),
        (0, OURS, CloseReason.DESKTOP),
        (1, 0, CloseReason.MOBILE),
        (2, 0, CloseReason.WEB),
        (3, OURS, CloseReason.DESK),
        (3, 0, CloseReason.OTHER_PROGRAM),
        (3, 12345, CloseReason.OTHER_PROGRAM),
        (4, OURS, CloseReason.STOP_LOSS),
        (5, OURS, CloseReason.TAKE_PROFIT),
        (6, OURS, CloseReason.STOP_OUT),
        (7, 0, CloseReason.UNEXPLAINED),  # rollover
        (8, 0, CloseReason.UNEXPLAINED),  # variation margin
        (9, 0, CloseReason.UNEXPLAINED),  # split
        (99, 0, CloseReason.UNEXPLAINED),
    ],
)
def test_the_deal_says_who_closed(reason: int, magic: int, by: CloseReason) -> None:
    ended = closing(IN, a_deal(DealEntry.OUT, reason=reason, magic=magic))
    assert ended is not None
    assert ended.reason is by


def test_the_result_is_of_all_deals_with_their_costs() -> None:
    out = a_deal(
        DealEntry.OUT, price="1.10500", profit=Decimal(50), commission=Decimal("-0.35"),
        swap=Decimal("-1.20"), fee=Decimal("-0.05"),
    )  # fmt: skip
    ended = closing(IN, out)
    costs = Costs(Decimal(50), Decimal("-0.70"), Decimal("-1.20"), Decimal("-0.05"))
    assert ended == Closing(CloseReason.DESKTOP, Decimal("0.10"), Decimal("1.10500"), costs, out)
    assert ended.profit == Decimal("48.05")


def test_several_partial_closes_are_one_close_by_the_last_hand() -> None:
    """At the volume-weighted price to the instrument's digits, which a round price must not shorten."""
    first = a_deal(DealEntry.OUT, "0.04", "1.11500", ticket=8, profit=Decimal(6), at=NOW + SECOND)
    last = a_deal(
        DealEntry.OUT, "0.06", "1.1", ticket=9, profit=Decimal(-1), reason=4, at=NOW + 2 * SECOND
    )  # fmt: skip
    ended = closing(last, IN, first)
    assert ended is not None
    assert (ended.reason, ended.volume, ended.price) == (
        CloseReason.STOP_LOSS, Decimal("0.10"), Decimal("1.10600"),
    )  # fmt: skip
    assert (ended.profit, ended.last) == (Decimal("4.65"), last)


def test_deals_of_one_moment_end_with_the_newest_ticket() -> None:
    early = a_deal(DealEntry.OUT, "0.05", ticket=8, reason=0)
    late = a_deal(DealEntry.OUT, "0.05", ticket=9, reason=5)
    ended = closing(IN, late, early)
    assert ended is not None
    assert ended.reason is CloseReason.TAKE_PROFIT


def test_a_close_by_another_position_is_a_close() -> None:
    assert closing(IN, a_deal(DealEntry.OUT_BY)) is not None


def test_a_reversal_closes_what_it_reverses() -> None:
    assert closing(IN, a_deal(DealEntry.INOUT, "0.30")) is not None


def test_nothing_is_closed_while_deals_are_missing() -> None:
    assert closing() is None
    assert closing(IN) is None
    assert closing(IN, a_deal(DealEntry.OUT, "0.09")) is None
    assert closing(IN, a_deal(DealEntry.OUT, position_id=2)) is None


def test_a_position_that_grew_is_closed_with_all_of_it() -> None:
    more = a_deal(DealEntry.IN, "0.10", ticket=5)
    assert closing(IN, more, a_deal(DealEntry.OUT, "0.10")) is None
    assert closing(IN, more, a_deal(DealEntry.OUT, "0.20")) is not None


def test_without_its_opening_deal_the_trade_says_how_much_it_was() -> None:
    assert closing(a_deal(DealEntry.OUT, "0.05")) is None
    assert closing(a_deal(DealEntry.OUT, "0.10", at=NOW - timedelta(days=40))) is not None


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(-99, 99)), min_size=1, max_size=6))
def test_the_price_of_a_close_lies_between_those_of_its_deals(parts: list[tuple[int, int]]) -> None:
    lots = [Decimal(part) / 100 for part, _ in parts]
    prices = [Decimal("1.1") + Decimal(points) / 100_000 for _, points in parts]
    deals = [
        a_deal(DealEntry.OUT, str(volume), str(price), ticket=n)
        for n, (volume, price) in enumerate(zip(lots, prices, strict=True))
    ]
    ended = closing(a_deal(DealEntry.IN, str(sum(lots))), *deals, trade=a_trade(volume=sum(lots)))
    assert ended is not None
    assert min(prices) <= ended.price <= max(prices)
    exact = sum((p * v for p, v in zip(prices, lots, strict=True)), Decimal(0)) / sum(lots, Decimal(0))
    assert abs(ended.price - exact) <= Decimal("0.000005")
