"""`tapdesk demo` as a new user runs it: a process of its own, from outside."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import aiohttp

from bot.demo.cast import CAST, TARA, TOM, TRADERS, terminal_of
from bot.sandbox import SandboxClient
from core.paper.hands import plug
from tests.fakes.demo import demo, told

LINES = 12


async def test_the_whole_story_is_seen_in_database_and_chat(tmp_path: Path) -> None:
    async with demo(tmp_path, "--auto") as process, asyncio.timeout(180):
        output, _ = await process.communicate()
    text = output.decode()
    assert process.returncode == 0, text
    assert text.count("│ ok") == LINES, text


async def test_a_card_reaches_each_trader_and_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as process, asyncio.timeout(120):
        chat = await told(process, r"Tap here:\s+(\S+)")
        intake = await told(process, r"intake.*(http://\S+)/docs")
        async with SandboxClient(chat) as telegram:
            for trader in TRADERS:
                card = await telegram.wait_for(trader.telegram_id, "Reward to risk", timeout_s=60)
                assert card["photo_url"]
            await telegram.tap(TOM.telegram_id, "✅ Approve")
            await telegram.wait_for(TOM.telegram_id, "Filled", timeout_s=60)
            assert {user["first_name"] for user in await telegram.users()} >= {m.name for m in CAST}
        async with aiohttp.ClientSession() as http, http.get(f"{intake}/readyz") as ready:
            assert ready.status == 200, await ready.text()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


async def test_signals_go_on_while_a_traders_terminal_is_unplugged(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as process, asyncio.timeout(120):
        chat = await told(process, r"Tap here:\s+(\S+)")
        plug(terminal_of(tmp_path, TOM), connected=False)
        async with SandboxClient(chat) as telegram:
            await telegram.wait_for(TARA.telegram_id, "Reward to risk", timeout_s=60)


async def test_a_second_demo_leaves_the_folder_of_the_first_alone(tmp_path: Path) -> None:
    async with demo(tmp_path, "--port", "0") as first, asyncio.timeout(120):
        chat = await told(first, r"Tap here:\s+(\S+)")
        argv = [sys.executable, "-m", "bot.cli", "demo", "--folder", str(tmp_path), "--port", "0"]
        second = await asyncio.create_subprocess_exec(*argv, stdout=DEVNULL, stderr=PIPE)
        _, errors = await second.communicate()
        assert second.returncode == 2
        assert "another demo runs in" in errors.decode()
        async with SandboxClient(chat) as telegram:
            await telegram.say(TOM.telegram_id, "/positions")
            await telegram.wait_for(TOM.telegram_id, TOM.account, timeout_s=30)


async def test_a_busy_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    async with demo(tmp_path / "first", "--port", "0") as first, asyncio.timeout(120):
        port = (await told(first, r"Tap here:\s+(\S+)")).rpartition(":")[2]
        argv = [sys.executable, "-m", "bot.cli", "demo", "--folder", str(tmp_path / "second"), "--port", port]
        second = await asyncio.create_subprocess_exec(*argv, stdout=DEVNULL, stderr=PIPE)
        _, errors = await second.communicate()
    assert second.returncode == 2
    assert "cannot listen" in errors.decode()
    assert "Traceback" not in errors.decode()
