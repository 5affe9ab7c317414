"""A folder in which `tapdesk` is run as a process: a desk file with a trader, and their paper account."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from bot.sandbox import DEMO_TOKEN
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account

LOGIN = 70001
DESK_FILE = """
[[people]]
telegram_id = 1
name = "Olivia"
roles = ["owner"]

[[people]]
telegram_id = 2
name = "Tom"
roles = ["trader"]

[[accounts]]
label = "Tom paper"
trader = 2
kind = "paper"
terminal = "terminal"
login = 70001
server = "Paper-Demo"
password_env = "TOM_PASSWORD"
"""


@dataclass
class Place:
    """A folder in which the desk is run, and its environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)

    async def start(self, *command: str, **environment: str) -> Process:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TAPDESK_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", *command),
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(Path.cwd()), **self.environment, **environment},
            stdout=PIPE,
            stderr=PIPE,
        )
        self.started.append(process)
        return process

    async def end(self) -> None:
        """Leave nothing running, whatever a test did."""
        for process in self.started:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    async def finish(self, *command: str, **environment: str) -> tuple[int | None, str]:
        """Exit status and all that was printed."""
        process = await self.start(*command, **environment)
        async with asyncio.timeout(120):
            output, errors = await process.communicate()
        return process.returncode, (output + errors).decode()

    @property
    def terminal(self) -> Path:
        """The folder of the account's terminal."""
        return self.folder / "terminal"

    def broker(self) -> Hands:
        """A person at the broker; close the book when done."""
        return Hands.on(self.folder / "broker.book", MarketPlan(always_open=True))


def make_place(folder: Path, telegram_url: str) -> Place:
    """`end` it when done."""
    broker = Hands.on(folder / "broker.book", MarketPlan(always_open=True))
    broker.open_account(Account(login=LOGIN, name="Tom"), "paper-money", 10_000)
    broker.close_book()
    install_terminal(folder / "terminal", folder / "broker.book", LOGIN)
    (folder / "desk.toml").write_text(DESK_FILE)
    environment = {
        "TAPDESK_BOT_TOKEN": DEMO_TOKEN,
        "TAPDESK_SECRET_KEYS": Fernet.generate_key().decode(),
        "TAPDESK_TELEGRAM_URL": telegram_url,
        "TAPDESK_HTTP_PORT": "0",
        "TAPDESK_LOG_FORMAT": "json",
        "TOM_PASSWORD": "paper-money",
    }
    return Place(folder, environment)


async def logged(process: Process, event: str) -> str:
    """The line of the log that tells of the event, once it is there."""
    assert process.stderr is not None
    async for line in process.stderr:
        if f'"{event}"' in line.decode():
            return line.decode()
    raise AssertionError(f"the desk ended without {event}")
