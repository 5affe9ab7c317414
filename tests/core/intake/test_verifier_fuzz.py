"""100,000 messages at the verifier: exactly those that were signed are accepted, all others one refusal.

The seed of a run is in the name of its test.
"""

import base64
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from core.intake.signatures import ID, SIGNATURE, TIMESTAMP, BadSignature, sign, verify
from tests.core.intake.mutations import mutated

MESSAGES = 25_000
SECRETS = [f"whsec_{base64.b64encode(bytes([n] * 32)).decode()}" for n in (1, 2)]
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
BODY = b'{"instrument":"EURUSD","side":"buy","entry":"1.08650"}'


@dataclass(frozen=True, slots=True)
class Sent:
    """What arrives, and what its sender had signed."""

    signed: Mapping[str, str]
    signed_body: bytes
    headers: Mapping[str, str]
    body: bytes
    age: timedelta

    @property
    def genuine(self) -> bool:
        """Whether signed id, time and body arrive unchanged and in time beside the signature."""
        unchanged = all(self.headers.get(name) == self.signed[name] for name in (ID, TIMESTAMP))
        offered = self.headers.get(SIGNATURE, "").split(" ")[:8]
        in_time = abs(self.age) <= timedelta(seconds=300)
        return unchanged and self.body == self.signed_body and self.signed[SIGNATURE] in offered and in_time


def a_message(random: Random) -> Sent:
    """A signed message, two of three changed on the way; what is signed may be nonsense already."""
    body = mutated(random, BODY) if random.random() < 0.5 else BODY
    age = timedelta(seconds=random.randint(-310, 310))
    signed = sign(random.choice(SECRETS), f"msg_{random.getrandbits(32):x}", NOW - age, body)
    headers, arriving = dict(signed), body
    if random.random() < 2 / 3:
        for part in random.sample((*signed, "body"), random.choice((1, 1, 2, 4))):
            if part == "body":
                arriving = mutated(random, body)
            else:
                headers[part] = mutated(random, signed[part].encode()).decode("latin-1")
    return Sent(signed, body, headers, arriving, age)


def outcome(sent: Sent) -> str:
    """Why it was refused, or `accepted`. Any other error is the test's."""
    try:
        delivery = verify(SECRETS, sent.headers, sent.body, NOW)
    except BadSignature as refusal:
        return str(refusal)
    assert delivery.webhook_id == sent.headers[ID]
    return "accepted"


@pytest.mark.parametrize("seed", range(4), ids="seed {}".format)
def test_exactly_what_was_signed_is_accepted(seed: int) -> None:
    random, outcomes = Random(seed), Counter[str]()
    for number in range(MESSAGES):
        sent = a_message(random)
        outcomes[found := outcome(sent)] += 1
        assert (found == "accepted") == sent.genuine, (number, found, sent)
    assert len(outcomes) == 5, outcomes
    assert min(outcomes.values()) > MESSAGES / 50, f"a check that is hardly reached proves little: {outcomes}"
