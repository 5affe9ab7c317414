"""A drop-in for `import MetaTrader5` over a simulated broker.

Everything that the module offers, with its shapes, its call classes and its failures, so that code written
for a real terminal runs on paper unchanged. `core.paper.hands` is the person: it opens accounts, installs
terminals and acts as from the desktop.
"""

# ruff: noqa: F403 - the surface is the sum of these modules' `__all__`, and all of the contract's constants
from core.mt5.contract import *
from core.paper.history import *
from core.paper.orders import *
from core.paper.positions import *
from core.paper.rates import *
from core.paper.sessions import *
from core.paper.shortcuts import *
from core.paper.structs import *
from core.paper.symbols import *

__version__ = "5.0.6231"
__author__ = "Tapdesk (simulated terminal)"
