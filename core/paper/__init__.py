"""A drop-in for `import MetaTrader5` over a simulated broker.

Everything that the module offers, with its shapes, its call classes and its failures, so that code written
for a real terminal runs on paper unchanged. `core.paper.hands` is the person: it opens accounts, installs
terminals and acts as from the desktop.

Inside: `calls` is the module's surface, `terminal` the one connection that a process has, `server` the broker
behind it, `market` its prices; `folder` is a terminal's window on disk, `views` and `meddling` what scripted
misfortunes show and do.
"""

# ruff: noqa: F403 - the surface is the sum of these modules' `__all__`, and all of the contract's constants
from types import FunctionType as _Function

from core.mt5.contract import *
from core.mt5.contract import FUNCTIONS as _FUNCTIONS
from core.paper.calls.connection import *
from core.paper.calls.history import *
from core.paper.calls.orders import *
from core.paper.calls.positions import *
from core.paper.calls.rates import *
from core.paper.calls.shortcuts import *
from core.paper.calls.structs import *
from core.paper.calls.symbols import *

# The module's functions are built-in: as attributes of somebody's class they take no `self`. So do these.
globals().update(
    {name: staticmethod(globals()[name]) for name in _FUNCTIONS if isinstance(globals()[name], _Function)}
)

__version__ = "5.0.6231"
__author__ = "Tapdesk (simulated terminal)"
