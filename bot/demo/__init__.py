"""`tapdesk demo`: the desk on its embedded parts. The desk itself is the one that runs in production."""

from bot.demo.stage import run_demo

__all__ = ["run_demo"]
