"""Standard Webhooks: what PyPI's `standardwebhooks` signs is accepted, everything else is one refusal."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from core.intake.signatures import BadSignature, key_of, new_secret, sign, verify

SECRET, OTHER = (f"whsec_{base64.b64encode(bytes(range(n, n + 32))).decode()}" for n in (1, 50))
BODY = b'{"instrument":"EURUSD"}'
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


def accepts(secrets: list[str], headers: dict[str, str], body: bytes, now: datetime) -> bool:
    return verify(secrets, headers, body, now).webhook_id == headers["webhook-id"]


headers_like = st.one_of(
    st.text(max_size=80),
    st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")),
    st.sampled_from(["", "v1,", "v1", "v1,====", "v2,abc", ",", " ", "1e3", "-1", "9" * 400, "²", "١٢٣"]),
)


@given(st.text(max_size=300).map(str.encode), st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_what_the_reference_library_signs_is_accepted(body: bytes, webhook_id: str) -> None:
    signature = Webhook(SECRET).sign(webhook_id, NOW, body.decode())
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }
    assert headers == sign(SECRET, webhook_id, NOW, body)
    delivery = verify([SECRET], headers, body, NOW)
    assert (delivery.webhook_id, delivery.digest) == (webhook_id, hashlib.sha256(body).hexdigest())


def test_the_reference_library_accepts_what_we_sign() -> None:
    now = datetime.now(UTC)
    headers = sign(SECRET, "msg_1", now, BODY)
    assert Webhook(SECRET).verify(BODY, headers) == {"instrument": "EURUSD"}
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


@pytest.mark.parametrize("offset", [-300, -1, 0, 299, 300])
def test_within_five_minutes_either_way(offset: int) -> None:
    assert accepts([SECRET], sign(SECRET, "m", NOW, BODY), BODY, NOW + offset * SECONDS)


@pytest.mark.parametrize("offset", [-301, 301, 86400])
def test_older_or_from_the_future_is_refused(offset: int) -> None:
    with pytest.raises(BadSignature, match="clock"):
        verify([SECRET], sign(SECRET, "m", NOW, BODY), BODY, NOW + offset * SECONDS)


def test_each_of_several_secrets_is_valid_and_a_sender_may_offer_several_signatures() -> None:
    by_old, by_new = sign(OTHER, "m", NOW, BODY), sign(SECRET, "m", NOW, BODY)
    assert accepts([SECRET, OTHER], by_old, BODY, NOW)
    assert accepts([SECRET, OTHER], by_new, BODY, NOW)
    with pytest.raises(BadSignature):
        verify([SECRET], by_old, BODY, NOW)
    both = by_new | {
        "webhook-signature": f"v1a,x {by_old['webhook-signature']} {by_new['webhook-signature']}"
    }
    assert accepts([SECRET], both, BODY, NOW)


@pytest.mark.parametrize("secrets", [[], [""], ["whsec_"], ["whsec_!"], ["plain"], ["whsec_YQ=="]])
def test_a_source_without_a_usable_secret_is_never_proven(secrets: list[str]) -> None:
    with pytest.raises(BadSignature):
        verify(secrets, sign(SECRET, "m", NOW, BODY), BODY, NOW)
    with pytest.raises(ValueError, match="whsec_"):
        key_of(secrets[0] if secrets else "")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed_and_every_one_is_covered(name: str) -> None:
    headers = sign(SECRET, "msg_1", NOW, BODY)
    changed = {"webhook-id": "msg_2", "webhook-timestamp": str(int(NOW.timestamp()) + 1)}
    for wrong in ("", changed.get(name, sign(OTHER, "msg_1", NOW, BODY)[name])):
        with pytest.raises(BadSignature):
            verify([SECRET], headers | {name: wrong}, BODY, NOW)
    with pytest.raises(BadSignature):
        verify([SECRET], {key: value for key, value in headers.items() if key != name}, BODY, NOW)


def test_a_dot_in_the_id_is_refused_because_it_could_move_into_the_body() -> None:
    headers = sign(SECRET, "a.1", NOW, BODY)
    with pytest.raises(BadSignature, match="webhook-id"):
        verify([SECRET], headers, BODY, NOW)


@settings(max_examples=500)
@given(
    headers_like,
    headers_like,
    headers_like,
    st.binary(max_size=64),
    st.lists(st.text(max_size=20), max_size=2),
)
def test_whatever_is_sent_the_only_error_is_a_bad_signature(
    webhook_id: str, timestamp: str, signature: str, body: bytes, secrets: list[str]
) -> None:
    good = sign(SECRET, "m", NOW, body)
    for headers in (
        {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signature},
        good | {"webhook-signature": signature},
        good | {"webhook-timestamp": timestamp},
    ):
        with pytest.raises(BadSignature):
            verify([*secrets, SECRET], headers, body, NOW)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_seen(place: int, change: int) -> None:
    changed = bytearray(BODY)
    changed[place % len(BODY)] ^= change
    with pytest.raises(BadSignature):
        verify([SECRET], sign(SECRET, "m", NOW, BODY), bytes(changed), NOW)


def test_a_new_secret_can_sign() -> None:
    secret = new_secret()
    assert secret != new_secret()
    assert accepts([secret], sign(secret, "m", NOW, BODY), BODY, NOW)
