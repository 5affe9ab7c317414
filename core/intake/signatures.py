"""Standard Webhooks signatures (the Standard Webhooks specification, symmetric scheme `v1`).

The signed text is `id.timestamp.body`, the signature HMAC-SHA256 of it, the key base64 after `whsec_`.
"""

import base64
import hashlib
import hmac
import re
import secrets as randomness
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from core.model.errors import DeskError
from core.ports import Delivery

TOLERANCE_S = 300
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

_PREFIX = "whsec_"
_KEY_BYTES = range(16, 129)
_ID_FORM = re.compile(r"[!-\-/-~]{1,128}")  # visible ASCII; a dot would make `id.timestamp.body` ambiguous
_TIMESTAMP_FORM = re.compile(r"[0-9]{1,12}")
_MOST_SIGNATURES = 8


class BadSignature(DeskError):
    """Raised when a message is not proven to come from its source, now."""


def new_secret() -> str:
    """A fresh secret for a source, 32 random bytes."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(32)).decode("ascii")


def key_of(secret: str) -> bytes:
    """The key in a secret. Raises ValueError when it is not `whsec_` and base64 of 16 to 128 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(_PREFIX) or len(key) not in _KEY_BYTES:
        raise ValueError("a webhook secret is whsec_ and base64 of 16 to 128 bytes")
    return key


def sign(secret: str, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers that a sender adds to `body`."""
    timestamp = str(int(at.timestamp()))
    signature = _signature(key_of(secret), webhook_id, timestamp, body)
    return {ID: webhook_id, TIMESTAMP: timestamp, SIGNATURE: signature}


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> Delivery:
    """Who and what was signed: the message id and the body's digest.

    Any of `secrets` may have signed it, within 300 s of `now`. `headers` are looked up in lower case.
    Raises BadSignature, and nothing else, whatever the headers contain.
    """
    webhook_id = _header(headers, ID, _ID_FORM)
    timestamp = _header(headers, TIMESTAMP, _TIMESTAMP_FORM)
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        raise BadSignature(f"{TIMESTAMP} is more than {TOLERANCE_S} s away from the desk's clock.")
    offered = headers.get(SIGNATURE, "").split(" ")[:_MOST_SIGNATURES]
    expected = [_signature(key, webhook_id, timestamp, body) for key in _usable(secrets)]
    matches = [_equal(ours, theirs) for ours in expected for theirs in offered]
    if not any(matches):
        raise BadSignature(f"{SIGNATURE} does not fit the message.")
    return Delivery(webhook_id, hashlib.sha256(body).hexdigest())


def _header(headers: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = headers.get(name, "")
    if not form.fullmatch(value):
        raise BadSignature(f"{name} is missing or malformed.")
    return value


def _usable(secrets: Sequence[str]) -> Iterator[bytes]:
    for secret in secrets:
        try:
            yield key_of(secret)
        except ValueError:
            continue


def _signature(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")


def _equal(ours: str, theirs: str) -> bool:
    """Compared as text in constant time, so that nothing a stranger sent is ever decoded."""
    return hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))
