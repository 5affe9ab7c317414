"""Several processes and one book: what one did the others see, and nothing happens twice."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import core.paper as mt5
from core.paper.server.faults import Fault, Kind
from tests.core.paper.world import LOGIN, PASSWORD, World, market_order, opened

PROGRAM = """
import json, sys
import core.paper as mt5
assert mt5.initialize(sys.argv[1], login=int(sys.argv[2]), password=sys.argv[3]), mt5.last_error()
for line in sys.stdin:
    request = json.loads(line)
    call, args, kwargs = getattr(mt5, request["call"]), request["args"], request["kwargs"]
    answer = call(*args, **kwargs) if kwargs else call(*args)
    print(json.dumps(answer), flush=True)
"""


class Process:
    """Another process with the module, which answers calls with plain lists."""

    def __init__(self, world: World) -> None:
        command = [sys.executable, "-c", PROGRAM, str(world.folder), str(LOGIN), PASSWORD]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, call: str, *args: Any, **kwargs: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"call": call, "args": args, "kwargs": kwargs}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def test_a_killed_process_finds_its_positions_and_what_happened_meanwhile(world: World) -> None:
    first = Process(world)
    try:
        kept = first.ask("order_send", market_order("EURUSD", 0, 0.1, magic=1))[2]
        stopped = first.ask("order_send", market_order("BTCUSD", 0, 0.01, magic=2, sl=1.0))[2]
    finally:
        first.kill()
    world.hands.shock("BTCUSD", percent=-99.9999, in_s=10.0)
    world.pass_time(60)
    second = Process(world)
    try:
        positions = second.ask("positions_get")
        deals = second.ask("history_deals_get", position=stopped)
    finally:
        second.kill()
    assert [row[0] for row in positions] == [kept]
    assert [row[8] for row in deals] == [mt5.DEAL_REASON_EXPERT, mt5.DEAL_REASON_SL]


def test_two_processes_see_the_same_book_and_the_same_prices(desk: World) -> None:
    other = Process(desk)
    try:
        ticket = opened("EURUSD", 0)
        assert [row[0] for row in other.ask("positions_get")] == [ticket]
        assert other.ask("order_send", market_order("EURUSD", 1, 0.1, position=ticket))[0] == 10009
        assert mt5.positions_get() == ()
        second = (mt5.history_deals_get(position=ticket) or ())[0].time
        theirs = other.ask("symbol_info_tick", "XAUUSD")
        ticks = mt5.copy_ticks_range("XAUUSD", second - 60, theirs[0], mt5.COPY_TICKS_ALL)
        assert ticks is not None
        assert [theirs[1], theirs[2]] in [[row["bid"], row["ask"]] for row in ticks]
    finally:
        other.kill()


def test_a_fault_is_met_by_one_process_only_and_no_ticket_is_given_twice(world: World) -> None:
    world.hands.misfortune(Fault(Kind.REJECT, count=3))
    processes = [Process(world) for _ in range(2)]

    def send(process: Process) -> list[list[Any]]:
        return [process.ask("order_send", market_order("EURUSD", 0, 0.01)) for _ in range(25)]

    try:
        with ThreadPoolExecutor(2) as pool:
            answers = [answer for rows in pool.map(send, processes) for answer in rows]
    finally:
        for process in processes:
            process.kill()
    assert sorted(answer[0] for answer in answers) == [10006] * 3 + [10009] * 47
    tickets = {answer[2] for answer in answers if answer[0] == 10009}
    assert world.initialize()
    assert {position.ticket for position in mt5.positions_get() or ()} == tickets
    assert len(tickets) == 47
