"""The intent's id on its way through an order's magic and comment, and back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.ids import (
    IntentId,
    comment_of,
    intent_of_comment,
    intent_of_magic,
    magic_of,
    new_intent_id,
)

LARGEST = 2**48 - 1
intents = st.integers(1, LARGEST).map(IntentId)


@given(intents)
def test_magic_and_comment_bring_the_intent_back(intent: IntentId) -> None:
    assert intent_of_magic(magic_of(intent)) == intent
    assert intent_of_comment(comment_of(intent)) == intent


@given(intents)
def test_both_fit_where_they_travel(intent: IntentId) -> None:
    assert 0 < magic_of(intent) < 2**63
    assert len(comment_of(intent)) == 12
    assert comment_of(intent).isascii()


@given(intents, st.integers(0, 11))
def test_a_comment_that_the_broker_has_cut_names_nobody(intent: IntentId, kept: int) -> None:
    assert intent_of_comment(comment_of(intent)[:kept]) is None


@given(intents, st.text(max_size=8))
def test_a_comment_that_the_broker_has_added_to_still_names_its_intent(intent: IntentId, more: str) -> None:
    assert intent_of_comment(f" {comment_of(intent).upper()} {more}") == intent


@given(st.text(max_size=16))
def test_no_comment_breaks_the_reader(comment: str) -> None:
    found = intent_of_comment(comment)
    assert found is None or 0 < found <= LARGEST


@pytest.mark.parametrize(
    "comment", ["", "td", "td1", "scalp 3", "[sl 1.08500]", "td" + "z" * 10, "td" + "0" * 10]
)
def test_other_comments_name_nobody(comment: str) -> None:
    assert intent_of_comment(comment) is None


@given(st.integers(0, 2**64))
def test_only_our_prefix_makes_a_magic_ours(magic: int) -> None:
    found = intent_of_magic(magic)
    assert found is None or magic_of(found) == magic


def test_the_magics_of_other_programs_are_not_ours() -> None:
    assert [intent_of_magic(magic) for magic in (0, 1, 20_260_713, magic_of(IntentId(0)), 2**63 - 1)] == [
        None
    ] * 5


def test_ids_grow_however_often_and_whatever_the_clock_does() -> None:
    now = datetime.now(UTC)
    moments = [now] * 300 + [now - timedelta(hours=3)] * 3 + [now + timedelta(hours=1)]
    ids = [new_intent_id(moment) for moment in moments]
    assert ids == sorted(set(ids))


def test_ids_last_for_decades() -> None:
    span = datetime(2090, 1, 1, tzinfo=UTC) - datetime(2025, 1, 1, tzinfo=UTC)
    assert int(span.total_seconds()) * 1000 << 7 < LARGEST
