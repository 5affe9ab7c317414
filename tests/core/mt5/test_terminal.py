"""The proxy and its worker, over real processes: answers, deadlines, deaths."""

import asyncio
import math
import sys
from collections.abc import AsyncIterator

import psutil
import pytest
from structlog.testing import capture_logs

from core.mt5.calls import NEEDED, Call, Deadlines, Rows
from core.mt5.errors import DeadlineExceeded, InvalidRequest, Misuse, TerminalGone, Unavailable, Unknown
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
from core.workers import Frame, LinkLost
from tests.fakes.fake_worker import ORDER, QUICK, fake_worker, pid_of, under_way, until


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    async with Terminal(fake_worker(), name="acc") as terminal:
        yield terminal


@pytest.fixture
async def impatient() -> AsyncIterator[Terminal]:
    async with Terminal(fake_worker(), deadlines=QUICK, name="acc") as terminal:
        yield terminal


async def test_the_worker_introduces_itself(terminal: Terminal) -> None:
    await terminal.call("terminal_info")
    assert terminal.hello is not None
    assert (terminal.hello.module, terminal.hello.version) == ("terminal_module", "1.2.3")
    assert "order_send" in terminal.hello.functions
    assert "secret" not in terminal.hello.functions


async def test_values_arrive_exactly(terminal: Terminal) -> None:
    account = (await terminal.call("account_info")).result
    assert account["balance"] == 0.1 + 0.2
    assert math.isnan(account["margin_level"])
    positions = (await terminal.call("positions_get", ticket=2)).result
    assert [p["ticket"] for p in positions] == [2**62, 2**62 + 1]
    assert positions[0]["comment"] == "ä\ud800"


async def test_none_and_empty_are_not_confused(terminal: Terminal) -> None:
    assert (await terminal.call("positions_get", ticket=0)).result == []
    failed = await terminal.call("symbol_info", "none")
    assert (failed.result, failed.last_error) == (None, (-1, "Terminal: Call failed"))


async def test_an_order_travels_without_empty_keywords_and_keeps_its_types(terminal: Terminal) -> None:
    sent = (await terminal.call("order_send", {"volume": 1.0, "magic": 2**62, "comment": ""})).result
    assert sent["retcode"] == 10009
    assert isinstance(sent["request"]["volume"], float)
    assert sent["request"]["magic"] == 2**62


async def test_a_large_answer_arrives_whole(terminal: Terminal) -> None:
    rows = (await terminal.call("copy_rates_from_pos", "EURUSD", 1, 0, 100_000)).result
    assert isinstance(rows, Rows)
    assert rows.names[:2] == ("time", "open")
    assert [row[0] for row in rows] == list(range(100_000))
    assert len(rows) == 100_000
    assert {row[4] for row in rows} == {1.1}


async def test_arrays_and_structs_share_a_batch(terminal: Terminal) -> None:
    few, account, many = await terminal.batch(
        Call("copy_rates_from_pos", ("nan", 1, 0, 2)),
        Call("account_info"),
        Call("copy_rates_from_pos", ("EURUSD", 1, 0, 3)),
    )
    assert [math.isnan(row[4]) for row in few.result] == [True, True]
    assert account.result["login"] == 1
    assert [row[4] for row in many.result] == [1.1] * 3


async def test_a_call_that_differs_from_its_expectation_ends_the_batch(terminal: Terminal) -> None:
    guarded = (Call("account_info", expect={"login": 1, "server": "Tests"}), Call("order_send", (ORDER,)))
    assert [answer.function for answer in await terminal.batch(*guarded)] == ["account_info", "order_send"]
    await terminal.call("login", 2)
    assert [answer.function for answer in await terminal.batch(*guarded)] == ["account_info"]


async def test_nothing_comes_between_a_check_and_its_order(terminal: Terminal) -> None:
    """Others switch the account all the time; no order goes out that did not see its own."""
    guarded = Call("account_info", expect={"login": 1}), Call("order_send", (ORDER,))

    async def switching() -> None:
        for number in range(60):
            await terminal.call("login", 1 + number % 2)

    seen = []

    async def sending() -> None:
        for _ in range(30):
            answers = await terminal.batch(*guarded)
            seen.append((answers[0].result["login"], len(answers)))
            await terminal.call("terminal_info")  # lets the others have their turn

    await asyncio.gather(switching(), sending(), sending())
    assert set(seen) == {(1, 2), (2, 1)}
    assert (await terminal.call("orders_total")).result == seen.count((1, 2))


@pytest.mark.parametrize(
    ("call", "seconds"),
    [
        (Call("initialize", ("p",), {"timeout": 10_000}), 130),
        (Call("initialize", ("p",)), 180),
        (Call("login", (1,), {"timeout": 5_000}), 125),
        (Call("order_send", ({},)), 90),
        (Call("order_check", ({},)), 90),
        (Call("account_info"), 10),
        (Call("history_deals_get", (1, 2)), 30),
        (Call("copy_rates_from_pos", ("X", 1, 0, 9)), 30),
        (Call("symbols_get"), 30),
    ],
)
def test_each_call_has_its_deadline(call: Call, seconds: float) -> None:
    assert Deadlines().of(call) == seconds


async def test_what_the_module_prints_stays_out_of_the_answers(terminal: Terminal) -> None:
    with capture_logs() as logs:
        for _ in range(3):
            assert (await terminal.call("symbol_info", "noise")).result["name"] == "noise"
        await until(lambda: any("noise on stdout" in entry.get("text", "") for entry in logs))


@pytest.mark.parametrize(
    ("function", "args"),
    [
        ("symbol_info", ()),
        ("symbol_info", ("raise",)),
        ("secret", ()),
        ("__import__", ("os",)),
        ("symbols_total", ()),
    ],
)
async def test_misuse_is_an_answer_and_no_crash(
    terminal: Terminal, function: str, args: tuple[object]
) -> None:
    pid = await pid_of(terminal)
    with pytest.raises(InvalidRequest):
        await terminal.call(function, *args)
    assert await pid_of(terminal) == pid


async def test_what_json_cannot_carry_is_misuse(terminal: Terminal) -> None:
    with pytest.raises(Misuse, match="not JSON serializable"):
        await terminal.call("order_send", {"volume": b"1"})


async def test_an_order_that_makes_the_module_raise_strangely_is_unknown(terminal: Terminal) -> None:
    with pytest.raises(Unknown):
        await terminal.call("order_send", {**ORDER, "comment": "raise"})
    with pytest.raises(Misuse):
        await terminal.call("order_send", 5)


@pytest.mark.parametrize(
    ("function", "args", "error"),
    [
        ("initialize", ("hang",), DeadlineExceeded),
        ("symbol_info", ("hang",), DeadlineExceeded),
        ("copy_rates_from_pos", ("hang", 1, 0, 1), DeadlineExceeded),
        ("order_send", ({**ORDER, "comment": "hang"},), Unknown),
        ("symbol_info", ("die",), TerminalGone),
        ("order_send", ({**ORDER, "comment": "die"},), Unknown),
    ],
)
async def test_a_hung_or_dying_worker_is_replaced(
    impatient: Terminal, function: str, args: tuple[object], error: type[Exception]
) -> None:
    options = {"timeout": 10} if function == "initialize" else {}
    old = await pid_of(impatient)
    with pytest.raises(error):
        await impatient.call(function, *args, **options)
    assert await pid_of(impatient) != old
    assert not psutil.pid_exists(old)
    assert impatient.starts == 2


async def test_an_order_still_waiting_when_the_terminal_closes_was_not_sent() -> None:
    async with Terminal(fake_worker()) as terminal:
        await pid_of(terminal)
        sending = await under_way(terminal, "order_send", {**ORDER, "comment": "hang"})
        waiting = await under_way(terminal, "order_send", ORDER)
    with pytest.raises(Unknown):
        await sending
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(Unavailable, match="closed"):
        await terminal.call("account_info")


async def test_trades_go_before_history(terminal: Terminal) -> None:
    await pid_of(terminal)
    order: list[str] = []

    async def make(function: str, *args: object) -> None:
        await terminal.call(function, *args)
        order.append(function)

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(make("copy_rates_from_pos", "EURUSD", 1, 0, 10))
        group.create_task(make("account_info"))
        group.create_task(make("order_send", ORDER))
    assert order.index("order_send") < order.index("account_info") < order.index("copy_rates_from_pos")


async def test_a_caller_that_gives_up_spoils_nothing(terminal: Terminal) -> None:
    await pid_of(terminal)
    given_up = [asyncio.create_task(terminal.call("symbol_info", name)) for name in ("A", "B")]
    await asyncio.sleep(0)
    for task in given_up:
        task.cancel()
    assert (await terminal.call("symbol_info", "C")).result["name"] == "C"
    assert terminal.starts == 1


async def test_an_order_that_was_given_up_while_it_waited_is_not_sent(terminal: Terminal) -> None:
    await pid_of(terminal)
    reading = await under_way(terminal, "symbol_info", "A")
    sending = asyncio.create_task(terminal.call("order_send", ORDER))
    await asyncio.sleep(0)
    sending.cancel()
    await reading
    assert (await terminal.call("orders_total")).result == 0


async def test_an_order_that_waited_too_long_is_not_sent() -> None:
    hurried = Deadlines(read_s=0.3, patience_s=0.1)
    async with Terminal(fake_worker(), deadlines=hurried) as terminal:
        await pid_of(terminal)
        hanging = await under_way(terminal, "symbol_info", "hang")
        with pytest.raises(DeadlineExceeded, match="not sent"):
            await terminal.call("order_send", ORDER)
        with pytest.raises(DeadlineExceeded):
            await hanging
        assert (await terminal.call("orders_total")).result == 0


async def test_a_hung_terminal_does_not_delay_another(terminal: Terminal) -> None:
    async with Terminal(fake_worker(), name="other") as other:
        await pid_of(other)
        await pid_of(terminal)
        hanging = await under_way(other, "symbol_info", "hang")
        for _ in range(20):
            await terminal.call("symbol_info", "EURUSD")
        assert not hanging.done()
    with pytest.raises(Unavailable):
        await hanging


async def test_the_desks_secrets_stay_out_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPDESK_BOT_TOKEN", "1:secret")
    async with Terminal(fake_worker()) as terminal:
        assert (await terminal.call("terminal_info")).result["token"] is None


async def test_closing_leaves_no_process() -> None:
    async with Terminal(fake_worker()) as terminal:
        pid = await pid_of(terminal)
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (fake_worker("no_such_module"), "no_such_module"),
        (WorkerCommand("x", python=("/no/such/python",)), "cannot start"),
        (WorkerCommand("x", python=(sys.executable, "-c", "print('hello ' * 99)")), "sent no frame"),
    ],
)
async def test_a_worker_that_cannot_start_is_unavailable(command: WorkerCommand, message: str) -> None:
    async with Terminal(command) as terminal:
        for _ in range(2):
            with pytest.raises(Unavailable, match=message):
                await terminal.call("account_info")


class ScriptedLink:
    """A link that answers what it is told; it shows that the proxy needs no process of its own."""

    def __init__(self, *frames: dict[str, object]) -> None:
        self.frames = [Frame(frame) for frame in frames]
        self.closed = False

    def send(self, text: bytes) -> None:
        assert text

    async def receive(self) -> Frame:
        if not self.frames:
            raise LinkLost("nothing left")
        return self.frames.pop(0)

    async def aclose(self, *, kill: bool) -> None:  # noqa: ARG002
        self.closed = True


HELLO: dict[str, object] = {
    "protocol": 1,
    "module": "m",
    "version": "5",
    "author": "",
    "python": "",
    "pid": 1,
    "functions": sorted(NEEDED),
}


@pytest.mark.parametrize(
    "frame",
    [
        {"id": 99, "answers": []},
        {"id": 1, "answers": [{"last_error": [1, ""], "array": {"dtype": [["a", "<c16"]], "size": 0}}]},
        {"id": 1, "answers": [{}]},
        {"id": 1, "answers": []},
        {},
    ],
)
async def test_an_answer_that_makes_no_sense_is_never_taken_for_success(frame: dict[str, object]) -> None:
    link = ScriptedLink({"hello": HELLO}, frame)

    async def open_link() -> ScriptedLink:
        return link

    async with Terminal(open_link) as terminal:
        with pytest.raises(Unknown):
            await terminal.call("order_send", ORDER)


@pytest.mark.parametrize(
    ("hello", "sentence"),
    [
        (
            {"protocol": 2},
            "The worker file speaks protocol 2 and this desk 1: put the desk's own",
        ),
        ({}, "speaks protocol None"),
        (
            {**HELLO, "functions": sorted(NEEDED - {"order_send", "orders_get"})},
            "m 5 lacks order_send, orders_get:",
        ),
        (
            {"protocol": 1, "failure": "MetaTrader5: DLL load failed"},
            "cannot load the terminal's module: MetaTrader5",
        ),
    ],
)
async def test_a_worker_of_no_use_is_refused_in_words_for_who_set_it_up(
    hello: dict[str, object], sentence: str
) -> None:
    link = ScriptedLink({"hello": hello})

    async def open_link() -> ScriptedLink:
        return link

    async with Terminal(open_link) as terminal:
        with pytest.raises(TerminalGone) as refused:
            await terminal.call("account_info")
    assert sentence in refused.value.for_trader
    assert link.closed
