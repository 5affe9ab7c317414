"""The worker's process under real signals and rubbish: what its caller is told, what is left."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.mt5 import worker
from core.mt5.calls import NEEDED
from core.mt5.errors import DeadlineExceeded, TerminalError, TerminalGone, Unknown
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
from tests.fakes.fake_worker import FAKES, ORDER, QUICK, fake_worker, has_ended, pid_of, under_way, until

READ = ("symbol_info", "hang")
SEND = ("order_send", {**ORDER, "comment": "hang"})
IDLE_READ = ("symbol_info", "EURUSD")
IDLE_SEND = ("order_send", ORDER)


@pytest.mark.parametrize("killer", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize(("call", "error"), [(READ, TerminalGone), (SEND, Unknown)])
async def test_killed_between_request_and_reply(
    killer: signal.Signals, call: tuple[str, object], error: type[TerminalError]
) -> None:
    async with Terminal(fake_worker()) as terminal:
        pid = await pid_of(terminal)
        asked = await under_way(terminal, *call)
        os.kill(pid, killer)
        with pytest.raises(error):
            await asked
        assert await pid_of(terminal) != pid
        assert terminal.starts == 2


@pytest.mark.parametrize("killer", [signal.SIGKILL, signal.SIGTERM])
async def test_killed_while_idle_costs_one_read(killer: signal.Signals) -> None:
    async with Terminal(fake_worker()) as terminal:
        os.kill(await pid_of(terminal), killer)
        with pytest.raises(TerminalGone):
            await terminal.call(*IDLE_READ)
        assert (await terminal.call(*IDLE_READ)).result["digits"] == 5


async def test_an_order_for_a_worker_known_to_be_dead_was_not_sent() -> None:
    async with Terminal(fake_worker()) as terminal:
        dead = psutil.Process(await pid_of(terminal))
        dead.kill()
        await until(lambda: not psutil.pid_exists(dead.pid))  # with all of its threads, and the pipes
        for _ in range(10):
            await asyncio.sleep(0)  # the loop is told of the end of its pipes
        with pytest.raises(TerminalGone):
            await terminal.call(*IDLE_SEND)
        assert (await terminal.call("orders_total")).result == 0


@pytest.mark.parametrize(("call", "error"), [(IDLE_READ, DeadlineExceeded), (IDLE_SEND, Unknown)])
async def test_a_stopped_worker_is_killed_at_its_deadline_and_replaced(
    call: tuple[str, object], error: type[TerminalError]
) -> None:
    async with Terminal(fake_worker(), deadlines=QUICK) as terminal:
        stopped = psutil.Process(await pid_of(terminal))
        stopped.suspend()
        with pytest.raises(error):
            await terminal.call(*call)
        assert has_ended(stopped)
        assert (await terminal.call(*IDLE_READ)).result["digits"] == 5


async def test_a_stopped_worker_does_not_hold_up_the_end() -> None:
    async with Terminal(fake_worker()) as terminal:
        stopped = psutil.Process(await pid_of(terminal))
        stopped.suspend()
    assert has_ended(stopped)


async def test_ctrl_c_is_the_parents_matter() -> None:
    async with Terminal(fake_worker()) as terminal:
        pid = await pid_of(terminal)
        os.kill(pid, signal.SIGINT)
        assert await pid_of(terminal) == pid


SCRIPT = f"""
import json, os, struct, sys
def frame(message, text=None):
    text = json.dumps(message).encode()
    os.write(1, struct.pack(">II", len(text), 0) + text)
frame({{"hello": {{"protocol": 1, "module": "m", "version": "", "author": "", "python": "",
    "pid": os.getpid(), "functions": {sorted(NEEDED)}}}}})
size, _ = struct.unpack(">II", sys.stdin.buffer.read(8))
request = json.loads(sys.stdin.buffer.read(size))
"""
RUBBISH = {
    "no frame": "os.write(1, b'Traceback (most recent call last): and so on')",
    "a frame of rubbish": "os.write(1, struct.pack('>II', 5, 0) + b'{oops')",
    "half a frame": "os.write(1, struct.pack('>II', 500, 0) + b'{')",
    "another's answer": "frame({'id': request['id'] + 1, 'answers': [{'result': 1, 'last_error': [1, '']}]})",
    "nothing": "",
}


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
async def test_rubbish_in_place_of_an_answer_is_never_taken_for_one(rubbish: str) -> None:
    command = WorkerCommand("m", python=(sys.executable, "-c", SCRIPT + rubbish))
    async with Terminal(command) as terminal:
        with pytest.raises(Unknown):
            await terminal.call(*IDLE_SEND)
        with pytest.raises(TerminalGone):
            await terminal.call(*IDLE_READ)
        assert terminal.starts == 2


async def test_an_answer_of_many_megabytes_arrives_in_pieces() -> None:
    async with Terminal(fake_worker()) as terminal:
        positions = (await terminal.call("positions_get", ticket=100_000)).result
    assert len(positions) == 100_000
    assert positions[-1] == {"ticket": 2**62 + 99_999, "volume": 0.1, "comment": "ä\ud800"}


def test_run_by_path_it_ends_with_its_input() -> None:
    command = [sys.executable, "-I", str(Path(worker.__file__)), "--module", "core.model.ids"]
    done = subprocess.run(command, input=b"", capture_output=True, timeout=20, check=False)
    assert done.returncode == 0
    assert b'"functions":[]' in done.stdout


async def test_a_copy_of_the_file_beside_a_module_is_all_it_takes(tmp_path: Path) -> None:
    script = shutil.copy(worker.__file__, tmp_path / "worker.py")
    shutil.copy(Path(FAKES) / "terminal_module.py", tmp_path / "MetaTrader5.py")
    command = WorkerCommand("MetaTrader5", python=(sys.executable, "-E"), script=str(script))
    async with Terminal(command) as terminal:
        assert (await terminal.call(*IDLE_READ)).result["digits"] == 5
        assert terminal.hello is not None
        assert (terminal.hello.module, terminal.hello.version) == ("MetaTrader5", "1.2.3")


PARENT = """
import asyncio, sys
from core.mt5.link import WorkerCommand
from core.mt5.terminal import Terminal
async def main():
    async with Terminal(WorkerCommand("terminal_module")) as terminal:
        print((await terminal.call("terminal_info")).result["pid"], file=sys.stderr, flush=True)
        await terminal.call("symbol_info", sys.argv[1])
        await asyncio.sleep(3600)
asyncio.run(main())
"""


@pytest.mark.parametrize("doing", ["hang", "nothing"])
async def test_an_orphan_ends_busy_or_idle(doing: str) -> None:
    environment = {**os.environ, "PYTHONPATH": FAKES}
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, doing, stderr=subprocess.PIPE, env=environment
    )
    assert parent.stderr is not None
    orphan = psutil.Process(int(await parent.stderr.readline()))
    parent.kill()
    await parent.communicate()
    await until(lambda: has_ended(orphan))
