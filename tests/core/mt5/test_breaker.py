"""The breaker: a rest after failures in a row, one try after it, twice the rest when that fails."""

import asyncio

import pytest

from core.mt5.breaker import Breaker, Patience, State
from core.mt5.errors import CircuitOpen, NoData, TerminalGone


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def breaker(hands: Hands) -> Breaker:
    return Breaker(hands, Patience(failures=3, rest_s=1.0, max_rest_s=4.0), jitter=lambda: 0.0)


def use(breaker: Breaker, error: BaseException | None = None) -> None:
    with breaker.call():
        if error is not None:
            raise error


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(TerminalGone):
            use(breaker, TerminalGone("gone"))


def test_only_failures_in_a_row_open_it(breaker: Breaker) -> None:
    fail(breaker, 2)
    use(breaker)
    fail(breaker, 2)
    assert breaker.state is State.CLOSED
    fail(breaker)
    with pytest.raises(CircuitOpen):
        use(breaker)
    assert (breaker.counts.failures, breaker.counts.changes, breaker.counts.rejected) == (5, 1, 1)


def test_an_answer_that_is_no_fault_of_the_terminal_counts_as_life(breaker: Breaker) -> None:
    fail(breaker, 2)
    with pytest.raises(NoData):
        use(breaker, NoData("unknown symbol"))
    fail(breaker, 2)
    assert breaker.state is State.CLOSED


def test_each_failed_try_doubles_the_rest_up_to_its_bound(breaker: Breaker, hands: Hands) -> None:
    fail(breaker, 3)
    for rest_s in (1.0, 2.0, 4.0, 4.0):
        hands.now += rest_s - 0.01
        with pytest.raises(CircuitOpen):
            use(breaker)
        hands.now += 0.02
        fail(breaker)
    hands.now += 4.0
    use(breaker)
    assert breaker.state is State.CLOSED
    fail(breaker, 3)
    hands.now += 1.0
    use(breaker)


def test_jitter_shortens_a_rest_by_half_at_most(hands: Hands) -> None:
    breaker = Breaker(hands, Patience(failures=1, rest_s=10.0), jitter=lambda: 1.0)
    fail(breaker)
    hands.now += 4.9
    with pytest.raises(CircuitOpen):
        use(breaker)
    hands.now += 0.2
    use(breaker)


async def test_exactly_one_of_many_may_try(breaker: Breaker, hands: Hands) -> None:
    fail(breaker, 3)
    hands.now += 1.0
    tried, turned_away = [], []
    answer = asyncio.Event()

    async def caller(number: int) -> None:
        try:
            with breaker.call():
                tried.append(number)
                await answer.wait()
        except CircuitOpen:
            turned_away.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(caller(number))
        await asyncio.sleep(0)
        answer.set()
    assert (len(tried), len(turned_away)) == (1, 49)
    assert breaker.state is State.CLOSED


def test_a_cancelled_try_leaves_it_to_the_next(breaker: Breaker, hands: Hands) -> None:
    fail(breaker, 3)
    hands.now += 1.0
    with pytest.raises(asyncio.CancelledError):
        use(breaker, asyncio.CancelledError())
    use(breaker)
    assert breaker.state is State.CLOSED


def test_a_person_may_ask_for_a_try_at_once(breaker: Breaker) -> None:
    fail(breaker, 3)
    breaker.reset()
    use(breaker)
    assert breaker.state is State.CLOSED


def log_in(breaker: Breaker) -> None:
    with breaker.call(proves=False):
        pass


def test_a_terminal_that_takes_logins_and_dies_of_readings_gets_its_rest(
    breaker: Breaker, hands: Hands
) -> None:
    for _ in range(3):
        log_in(breaker)
        fail(breaker)
    for rest_s in (1, 2, 4, 4):
        hands.now += rest_s - 0.1
        with pytest.raises(CircuitOpen):
            log_in(breaker)
        hands.now += 0.1
        log_in(breaker)
        fail(breaker)


def die(breaker: Breaker, under_way: int) -> None:
    """So many calls meet one death of the terminal."""
    calls = [breaker.call() for _ in range(under_way)]
    for call in calls:
        call.__enter__()
    for call in calls:
        assert not call.__exit__(TerminalGone, TerminalGone("gone"), None)


def test_one_death_counts_once_however_many_calls_meet_it(breaker: Breaker, hands: Hands) -> None:
    die(breaker, 6)
    die(breaker, 2)
    assert breaker.state is State.CLOSED
    die(breaker, 3)
    with pytest.raises(CircuitOpen):
        use(breaker)
    hands.now += 1
    use(breaker)
    assert breaker.counts.failures == 11


def test_a_call_from_before_a_death_says_nothing_of_what_came_after(breaker: Breaker) -> None:
    early = breaker.call()
    early.__enter__()
    fail(breaker, 2)
    assert not early.__exit__(TerminalGone, TerminalGone("gone"), None)
    assert breaker.state is State.CLOSED
