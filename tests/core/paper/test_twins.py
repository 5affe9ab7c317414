"""The same life in a file and in memory: whatever is done to an account, both books tell the same story."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.paper.hands import Hands
from core.paper.market.plan import MarketPlan
from core.paper.server.book import Book
from core.paper.server.broker import Broker
from core.paper.server.filebook import FileBook
from core.paper.server.memorybook import MemoryBook
from core.paper.server.records import Account
from core.paper.server.trade import Outcome
from tests.core.paper.scenes import NOON

Act = tuple[str, int, int]

acts = st.lists(
    st.tuples(
        st.sampled_from(
            ["buy", "sell", "close", "reduce", "stops", "limit", "cancel", "wait", "pay", "reopen"]
        ),
        st.integers(0, 3),
        st.integers(1, 5),
    ),
    max_size=25,
)


class Twin:
    """One broker of the two."""

    def __init__(self, name: str, open_book: Callable[[], Book]) -> None:
        self._open = open_book
        self.name = name
        self.hands = Hands(Broker(open_book(), lambda: NOON))
        self.hands.broker.replan(lambda _, __: MarketPlan(seed=7, speed=0.0, started=NOON))
        self.hands.open_account(Account(login=1, name=name), "pw", 5_000.0)

    def act(self, kind: str, which: int, size: int) -> object:
        outcome: object = getattr(self, f"_{kind}")(which, size)
        return outcome

    def story(self) -> tuple[object, ...]:
        ledger, book = self.hands.broker.view(1).ledger, self.hands.broker.book
        account = replace(ledger.account, name="", password="", settled_msc=0)
        kept = (ledger.positions, ledger.orders, book.history_orders(1), book.deals(1))
        return account, ledger.settled_msc, *kept

    def _symbol(self, which: int) -> str:
        return ("EURUSD", "XAUUSD", "BTCUSD", "USDJPY")[which]

    def _buy(self, which: int, size: int) -> Outcome:
        return self.hands.open_position(1, self._symbol(which), 0, size / 10)

    def _sell(self, which: int, size: int) -> Outcome:
        return self.hands.open_position(1, self._symbol(which), 1, size / 10)

    def _ticket(self, which: int) -> int:
        tickets = sorted(self.hands.broker.view(1).ledger.positions)
        return tickets[which % len(tickets)] if tickets else 0

    def _close(self, which: int, _: int) -> Outcome:
        return self.hands.close_position(1, self._ticket(which))

    def _reduce(self, which: int, size: int) -> Outcome:
        return self.hands.close_position(1, self._ticket(which), size / 100)

    def _stops(self, which: int, size: int) -> Outcome:
        position = self.hands.broker.view(1).ledger.positions.get(self._ticket(which))
        price = position.price_open if position else 1.0
        return self.hands.move_stops(1, self._ticket(which), 0.0, round(price * (1 + size / 1_000), 2))

    def _limit(self, which: int, size: int) -> Outcome:
        symbol = self._symbol(which)
        price = self.hands.broker.view(1).quote(symbol).ask
        return self.hands.place_order(1, symbol, 2, 0.1, round(price * (1 - size / 5_000), 2))

    def _cancel(self, which: int, _: int) -> Outcome:
        orders = sorted(self.hands.broker.view(1).ledger.orders)
        return self.hands.cancel_order(1, orders[which % len(orders)] if orders else 0)

    def _wait(self, which: int, size: int) -> None:
        self.hands.advance(600.0 * size * 10**which / 10)

    def _pay(self, which: int, size: int) -> None:
        self.hands.deposit(1, float(size - 2 * which))

    def _reopen(self, _: int, __: int) -> None:
        """Somebody else's view of the book, which remembers nothing."""
        other = Broker(self._open(), lambda: NOON)
        self.hands.broker.book.close()
        self.hands = Hands(other)


@pytest.fixture
def numbers() -> Iterator[int]:
    return iter(range(10**9))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_both_books_tell_the_same_story(tmp_path: Path, numbers: Iterator[int], acts: list[Act]) -> None:
    number = next(numbers)
    file = Twin("file", lambda: FileBook.open(str(tmp_path / f"{number}.sqlite3")))
    memory = Twin("memory", lambda: MemoryBook.open(f":memory:twin-{number}"))
    for act in acts:
        assert file.act(*act) == memory.act(*act)
        assert file.story() == memory.story()
    for twin in (file, memory):
        twin.hands.close_book()
