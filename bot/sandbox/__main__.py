"""`python -m bot.sandbox --port N`: the sandbox alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from bot.sandbox.server import serve
from bot.sandbox.world import DEMO_TOKEN, World
from core.collector import calm_collector


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        asyncio.run(_run(options.host, options.port, options.token))
    except OSError as error:
        print(
            f"Cannot listen on {options.host}:{options.port}: {os.strerror(error.errno or 0)}.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A local Telegram for bots.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument("--token", default=DEMO_TOKEN, help="the one bot token that is accepted")
    return parser.parse_args(arguments)


async def _run(host: str, port: int, token: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
        for signum in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signum, stop.set)
    async with serve(World(token=token), host=host, port=port) as sandbox:
        print(f"Chat page    {sandbox.url}/")
        print(f"Control API  {sandbox.url}/control/docs")
        print(f"Bot API      {sandbox.url}/bot{token}/getMe", flush=True)
        calm_collector()
        await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
