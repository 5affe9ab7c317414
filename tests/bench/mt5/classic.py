"""What stands beside a terminal under mt5linux: an RPyC classic server, over the paper terminal here.

Prints the port that it listens on, at this machine's loopback only: whoever reaches it may run any code.
"""

import sys

from rpyc.core.service import ClassicService  # type: ignore[import-untyped]
from rpyc.utils.server import ThreadedServer  # type: ignore[import-untyped]

import core.paper


def main() -> None:
    sys.modules["MetaTrader5"] = core.paper
    server = ThreadedServer(ClassicService, hostname="127.0.0.1", port=0)
    server.listener.listen()  # before anybody is told where
    print(server.port, flush=True)
    server.start()


if __name__ == "__main__":
    main()
