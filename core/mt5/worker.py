"""The program that owns one terminal module: `python -m core.mt5.worker --module MetaTrader5`.

The MetaTrader5 package is one connection per process, never releases the GIL and can hang for ever, so
it lives in a process of its own that may be killed. This file needs nothing but the standard library and
the module itself (and numpy, if the module returns arrays), so it can be copied beside a terminal and run
by path under Windows Python or Wine's.

Frames go over stdin and stdout: two big-endian 32-bit sizes, a JSON text, raw bytes. The first frame is
the handshake (`hello`). Each request `{"id", "calls": [{"call", "args", "kwargs", "expect"?}]}` gets one
reply `{"id", "answers": [...]}`. The calls of a request run in order with nothing between them; one that
raises, or whose result differs from its `expect`, ends the request: those after it are not made. An
answer is

    {"result": ..., "last_error": [code, text]}          structs as objects, tuples as lists
    {"array": {"dtype": descr, "size": bytes}, ...}      rows packed in the raw bytes, in order of answers
    {"error": {"kind": "TypeError", "message": ...}, ...}

The process ends when stdin closes.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import signal
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

PROTOCOL = 1
SIZES = struct.Struct(">II")
MAX_REQUEST_BYTES = 16 * 1024 * 1024
PARENT_CHECK_S = 1.0
FUNCTIONS = (
    *("initialize", "login", "shutdown", "version", "last_error", "terminal_info", "account_info"),
    *("symbols_total", "symbols_get", "symbol_info", "symbol_info_tick", "symbol_select"),
    *("market_book_add", "market_book_get", "market_book_release"),
    *("copy_rates_from", "copy_rates_from_pos", "copy_rates_range", "copy_ticks_from", "copy_ticks_range"),
    *("order_check", "order_send", "order_calc_margin", "order_calc_profit"),
    *("positions_total", "positions_get", "orders_total", "orders_get"),
    *("history_orders_total", "history_orders_get", "history_deals_total", "history_deals_get"),
)


class UnsendableError(TypeError):
    """The module did what it was asked, but its result has no place in a reply."""


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """The next JSON text and raw bytes, or None at the end of the stream."""
    sizes = stream.read(SIZES.size)
    if len(sizes) < SIZES.size:
        return None
    text_size, raw_size = SIZES.unpack(sizes)
    if text_size + raw_size > MAX_REQUEST_BYTES:
        return None
    text, raw = stream.read(text_size), stream.read(raw_size)
    return (text, raw) if len(text) + len(raw) == text_size + raw_size else None


def write_frame(stream: BinaryIO, message: dict[str, Any], raws: list[bytes]) -> None:
    text = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(SIZES.pack(len(text), sum(map(len, raws))) + text)
    for raw in raws:
        stream.write(raw)
    stream.flush()


def plain(value: Any) -> Any:
    """What the module returned as JSON can carry it; floats stay exact, NaN stays NaN."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "_asdict"):
        return {name: plain(field) for name, field in value._asdict().items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        return value.item()
    raise UnsendableError(f"the module returned a {type(value).__name__}, which cannot be sent")


class Owner:
    """The terminal module and the functions of it that may be called."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.functions = {name: getattr(module, name) for name in FUNCTIONS if hasattr(module, name)}

    def hello(self) -> dict[str, Any]:
        return {
            "protocol": PROTOCOL,
            "module": self.module.__name__,
            "version": str(getattr(self.module, "__version__", "")),
            "author": str(getattr(self.module, "__author__", "")),
            "python": platform.python_version(),
            "pid": os.getpid(),
            "functions": sorted(self.functions),
        }

    def reply(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        answers: list[dict[str, Any]] = []
        raws: list[bytes] = []
        for call in request["calls"]:
            answer = self.answer(call, raws)
            answers.append(answer)
            if "error" in answer or not meets(call.get("expect"), answer.get("result")):
                break
        return {"id": request["id"], "answers": answers}, raws

    def answer(self, call: dict[str, Any], raws: list[bytes]) -> dict[str, Any]:
        """One call's answer. `last_error` is read straight after it, before any other call resets it."""
        try:
            answer = self.outcome(call, raws)
        except Exception as error:  # noqa: BLE001 - whatever the module raises is the caller's answer
            answer = {"error": {"kind": type(error).__name__, "message": str(error)}}
        answer["last_error"] = plain(self.module.last_error())
        return answer

    def outcome(self, call: dict[str, Any], raws: list[bytes]) -> dict[str, Any]:
        value = self.invoke(call["call"], call.get("args", ()), call.get("kwargs"))
        if not getattr(value, "ndim", 0):
            return {"result": plain(value)}
        raws.append(value.tobytes())
        return {"array": {"dtype": value.dtype.descr, "size": value.nbytes}}

    def invoke(self, name: str, args: list[Any], kwargs: dict[str, Any] | None) -> Any:
        """Call by name. Empty keywords are left out: `order_send(request, **{})` fails in the module."""
        function = self.functions.get(name)
        if function is None:
            raise AttributeError(f"no function {name!r} may be called here")
        return function(*args, **kwargs) if kwargs else function(*args)


def meets(expected: dict[str, Any] | None, result: Any) -> bool:
    """Whether a call's result is the struct (or the plain value under "") that was expected."""
    if expected is None:
        return True
    found = result if isinstance(result, dict) else {"": result}
    return all(name in found and found[name] == value for name, value in expected.items())


def take_streams() -> tuple[BinaryIO, BinaryIO]:
    """Stdin and stdout for frames alone: what the module prints goes to stderr, what it reads is empty."""
    requests, replies = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(requests, os.O_BINARY)
        msvcrt.setmode(replies, os.O_BINARY)
    return os.fdopen(requests, "rb"), os.fdopen(replies, "wb")


def die_with_parent() -> None:
    """A call that hangs never reads the end of stdin; so a thread watches that the parent lives (POSIX)."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_CHECK_S)
        os._exit(0)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def find_package() -> None:
    """Run by path, Python puts this file's folder first on its path; in the project, put its root there."""
    package = Path(__file__).resolve().parent.parent
    if not __package__ and (package / "__init__.py").is_file():
        sys.path[0] = str(package.parent)


def serve(owner: Owner, requests: BinaryIO, replies: BinaryIO) -> None:
    write_frame(replies, {"hello": owner.hello()}, [])
    while frame := read_frame(requests):
        write_frame(replies, *owner.reply(json.loads(frame[0])))


def main() -> int:
    parser = argparse.ArgumentParser(description="Answer framed calls to one MetaTrader 5 module.")
    parser.add_argument("--module", default="MetaTrader5", help="MetaTrader5, core.paper, ...")
    name = parser.parse_args().module
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes stdin when it is done
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy is only a carrier here
    requests, replies = take_streams()
    if os.name == "posix":
        die_with_parent()
    find_package()
    try:
        owner = Owner(importlib.import_module(name))
    except ImportError as error:
        write_frame(replies, {"hello": {"protocol": PROTOCOL, "failure": f"{name}: {error}"}}, [])
        return 3
    try:
        serve(owner, requests, replies)
    except BrokenPipeError:
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
