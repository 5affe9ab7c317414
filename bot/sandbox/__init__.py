"""A local Telegram: a Bot API server, its people and a chat page. For tests and the demo only."""

from bot.sandbox.client import SandboxClient, SandboxError
from bot.sandbox.server import Sandbox, serve
from bot.sandbox.settings import UNLIMITED, Rate, Settings
from bot.sandbox.world import DEMO_TOKEN, World

__all__ = [
    "DEMO_TOKEN",
    "UNLIMITED",
    "Rate",
    "Sandbox",
    "SandboxClient",
    "SandboxError",
    "Settings",
    "World",
    "serve",
]
