"""Account passwords are simulated secrets, and hashed all the same."""

import hashlib
import hmac
import os


def hashed(password: str, salt: bytes | None = None) -> str:
    """`salt$digest` in hex; "" for no password, which nothing matches."""
    if not password:
        return ""
    salt = salt or os.urandom(8)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, n=2**10, r=8, p=1).hex()}"


def matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    return bool(digest) and hmac.compare_digest(
        hashed(password, bytes.fromhex(salt)).partition("$")[2], digest
    )
