"""The program that draws: `python -m core.charts.worker`, frames over pipes as core.mt5.worker has them.

Requests name what to draw; each gets one reply whose raw bytes are the PNG:

- `{"draw": "candles", "title", "bars": [[epoch seconds, open, high, low, close], ...], "levels": [[name,
  price], ...], "digits"}`
- `{"draw": "equity", "title", "points": [[epoch seconds, equity, balance, drawdown %], ...], "paid": [[epoch
  seconds, amount], ...], "names": {"equity", "balance", "drawdown", "paid"}}`
- `{"draw": "slippage", "title", "pips": [...], "median", "p95", "groups": [[name, median, p95], ...],
  "names": {"better", "exact", "worse", "median", "p95", "pips", "groups"}}`

It ends when stdin closes or its parent dies. A request that cannot be drawn ends it too: the caller starts
another.
"""

import json
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable

from core.mt5.worker import die_with_parent, read_frame, take_streams, write_frame


def main() -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes stdin when it is done
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    requests, replies = take_streams()
    if os.name == "posix":
        die_with_parent()
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", message="Glyph .* missing from font")
    from core.charts.equity import EquityPainter
    from core.charts.painting import Painter
    from core.charts.slippage import SlippagePainter

    candles = Painter().candles
    painters: dict[str, Callable[..., bytes]] = {
        "candles": candles,
        "slippage": SlippagePainter().draw,
        "equity": EquityPainter().draw,
    }
    candles("", [[0, 1.0, 1.0, 1.0, 1.0]], [], 2)  # fonts are loaded now, not with the first chart
    try:
        while frame := read_frame(requests):
            request = json.loads(frame[0])
            write_frame(replies, {}, [painters[request.pop("draw")](**request)])
    except BrokenPipeError:
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
