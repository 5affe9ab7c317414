"""Web addresses that a bot names: for buttons, Mini Apps and webhooks."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOWHERE = SplitResult("", "", "", "", "")


def split(address: str) -> SplitResult:
    """The parts of an address; all empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return NOWHERE


def is_https_or_local(address: str) -> bool:
    """Telegram takes HTTPS only; plain HTTP to this machine is what makes the sandbox useful offline."""
    parts = split(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
