"""`tapdesk run`, `doctor` and `migrate` as processes, with the sandbox as Telegram and paper accounts."""

import asyncio
import signal
import socket

import aiohttp
import pytest

from bot.sandbox import Sandbox, SandboxClient
from core.paper.hands import plug, press_algo_trading
from storage.migrate import head
from tests.bot.console.place import DESK_FILE, Place, logged
from tests.bot.wording import ACCEPT

OTHER_TOKEN = "999999:" + "x" * 35


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_the_desk_cleanly(place: Place, telegram: Sandbox, number: int) -> None:
    desk = await place.start("run")
    async with asyncio.timeout(120), SandboxClient(telegram.url) as people:
        await logged(desk, "terminal_connected")
        await people.add_user("Olivia", id=1)
        await people.say(1, "/start")
        await people.wait_for(1, "before you begin", timeout_s=60)
        desk.send_signal(number)
        _, errors = await desk.communicate()
    assert desk.returncode == 0, errors.decode()
    assert b"desk_stopped" in errors
    assert b"Traceback" not in errors
    assert place.environment["TAPDESK_BOT_TOKEN"].encode() not in errors


async def test_what_was_before_a_kill_is_there_after_it(place: Place, telegram: Sandbox) -> None:
    async with asyncio.timeout(120), SandboxClient(telegram.url) as people:
        desk = await place.start("run")
        await people.add_user("Tom", id=2)
        await people.say(2, "/start")
        await people.wait_for(2, "before you begin", timeout_s=60)
        await people.tap(2, ACCEPT)
        await people.wait_for(2, "You accepted", timeout_s=30)
        desk.kill()
        await desk.wait()
        again = await place.start("run")
        await people.say(2, "/positions")
        await people.wait_for(2, "Tom paper", timeout_s=60)
        again.terminate()
        await again.communicate()
    assert again.returncode == 0


async def test_an_unknown_token_is_told_in_one_sentence(place: Place) -> None:
    status, text = await place.finish("run", TAPDESK_BOT_TOKEN=OTHER_TOKEN)
    assert status == 2
    assert "TAPDESK_BOT_TOKEN: Telegram does not know this token." in text
    assert "Traceback" not in text
    assert OTHER_TOKEN not in text


async def test_a_busy_port_is_told_in_one_sentence(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, text = await place.finish("run", TAPDESK_HTTP_PORT=str(taken.getsockname()[1]))
    assert status == 2
    assert "TAPDESK_HTTP_PORT: cannot listen on" in text
    assert "Traceback" not in text


async def test_a_token_that_is_revoked_ends_the_desk_while_nothing_is_open(
    place: Place, telegram: Sandbox
) -> None:
    desk = await place.start("run")
    async with asyncio.timeout(120), SandboxClient(telegram.url) as people:
        await logged(desk, "terminal_connected")
        await people.fault("getUpdates", 401, description="Unauthorized", times=5)
        await people.add_user("Olivia", id=1)
        await people.say(1, "/start")  # ends the poll that waits, and the next one is refused
        _, errors = await desk.communicate()
    assert desk.returncode == 2, errors.decode()
    assert b"TAPDESK_BOT_TOKEN: Telegram does not know this token." in errors
    assert b"Traceback" not in errors


async def test_accounts_are_watched_though_telegram_is_away_at_the_start(place: Place) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, and nobody listens
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        desk = await place.start("run", TAPDESK_TELEGRAM_URL=url)
        async with asyncio.timeout(90):
            await logged(desk, "polling_failed")
            await logged(desk, "terminal_connected")


async def test_a_menu_that_telegram_refuses_keeps_nobody_from_being_answered(
    place: Place, telegram: Sandbox
) -> None:
    async with asyncio.timeout(120), SandboxClient(telegram.url) as people:
        await people.fault("setMyCommands", 429, retry_after=600, times=5)
        await place.start("run")
        await people.add_user("Tom", id=2)
        await people.say(2, "/start")
        await people.wait_for(2, "before you begin", timeout_s=60)


async def test_the_doctor_names_what_is_well_and_what_is_not(place: Place) -> None:
    status, text = await place.finish("doctor", TOM_PASSWORD="wrong")
    assert status == 1
    assert "FAIL  migrations" in text
    assert "does not accept this login" in text
    assert "Traceback" not in text
    status, text = await place.finish("migrate")
    assert (status, f"empty -> {head()}" in text) == (0, True), text
    status, text = await place.finish("doctor")
    assert status == 0, text
    assert "found, logged in as 70001 at Paper-Demo" in text
    assert "worker_started" not in text, "lines for the log are not for who asks the doctor"
    press_algo_trading(place.folder / "terminal", on=False)
    status, text = await place.finish("doctor", TAPDESK_BOT_TOKEN=OTHER_TOKEN)
    assert status == 1
    assert "FAIL  token" in text
    assert "FAIL  terminal of Tom paper: The Algo Trading button of the terminal is off. Press" in text
    (place.folder / "terminal" / "terminal.json").unlink()
    status, text = await place.finish("doctor")
    assert "In detail: initialize failed: IPC initialize failed, MetaTrader 5 x64 not found" in text


async def test_a_paper_account_is_made_once_and_runs(place: Place) -> None:
    status, entry = await place.finish("paper", "made", "--login", "5", "--deposit", "500")
    assert status == 0, entry
    named = entry.replace("trader = 1003", 'trader = 2\nsymbols = { EURUSD = "EURUSD.r", XAUUSD = "GOLDX" }')
    (place.folder / "desk.toml").write_text(DESK_FILE + named)
    status, text = await place.finish("doctor")
    assert "ok    terminal of Paper 5: found, logged in as 5 at Paper-Demo" in text
    assert "FAIL  symbols of Paper 5: the broker does not offer: XAUUSD = GOLDX" in text
    status, text = await place.finish("paper", "made", "--login", "6")
    assert (status, "holds a paper account already" in text) == (2, True)
    assert "Traceback" not in text
    status, text = await place.finish("paper", "desk.toml")
    assert (status, text.strip()) == (2, "desk.toml cannot hold a paper account: File exists.")
    for option, beyond in (("--login", str(2**63)), ("--deposit", "inf")):
        status, text = await place.finish("paper", "other", option, beyond)
        assert (status, "Traceback" in text) == (2, False), text


async def test_ready_is_red_while_a_guard_is_blind(place: Place) -> None:
    desk = await place.start("run")
    async with asyncio.timeout(120), aiohttp.ClientSession() as http:
        url = (await logged(desk, "desk_started")).partition('"intake": "')[2].partition('"')[0]
        await logged(desk, "terminal_connected")
        assert await _until(http, f"{url}/readyz", 200)
        (place.folder / "terminal" / "terminal.json").unlink()
        assert await _until(http, f"{url}/readyz", 503)
        desk.terminate()
        await desk.communicate()
    assert desk.returncode == 0


async def test_a_pulled_plug_is_told_to_the_owner(place: Place, telegram: Sandbox) -> None:
    desk = await place.start("run", TAPDESK_HEALTH_INTERVAL_S="1")
    async with asyncio.timeout(120), SandboxClient(telegram.url) as people:
        await logged(desk, "terminal_connected")
        await people.add_user("Olivia", id=1)
        await people.say(1, "/start")
        await people.wait_for(1, "before you begin", timeout_s=60)
        plug(place.folder / "terminal", connected=False)
        await people.wait_for(1, "has lost its link to the broker", timeout_s=60)
        plug(place.folder / "terminal", connected=True)
        await people.wait_for(1, "A terminal has recovered", timeout_s=60)
        desk.terminate()
        await desk.communicate()
    assert desk.returncode == 0


async def _until(http: aiohttp.ClientSession, url: str, status: int) -> bool:
    """Ask until the answer has that status; the caller's time-out is the limit."""
    while True:
        async with http.get(url) as answer:
            if answer.status == status:
                return True
