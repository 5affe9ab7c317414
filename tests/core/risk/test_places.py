"""Which place is meant by what a person types, though others have names that read like it."""

from uuid import uuid4

import pytest

from core.model.errors import NotFound
from core.model.ids import AccountId, SourceId
from core.model.risk import Place
from core.risk.places import THE_DESK, Named, find_place, only_place


def account(name: str) -> Named:
    return Named("account", name, Place(AccountId(uuid4())))


ALPHA = Named("source", "alpha", Place(source_id=SourceId(uuid4())))
EURUSD = Named("instrument", "EURUSD", Place(instrument="EURUSD"))


def test_the_desk_is_always_the_desk() -> None:
    called_so = account("desk")
    places = [called_so, THE_DESK]
    assert find_place("desk", places) == (THE_DESK, "")
    assert find_place("Desk NFP", places) == (THE_DESK, "NFP")
    assert find_place("account desk NFP", places) == (called_so, "NFP")


def test_a_kind_before_a_name_comes_before_a_name_that_begins_so() -> None:
    called_so, like_it = account("source alpha"), account("instrument EURUSD")
    places = [called_so, like_it, ALPHA, EURUSD]
    assert find_place("source alpha 2h", places) == (ALPHA, "2h")
    assert find_place("instrument eurusd", places) == (EURUSD, "")
    assert find_place("account source alpha", places) == (called_so, "")
    assert find_place("account instrument EURUSD", places) == (like_it, "")


def test_a_name_as_it_was_typed_comes_before_its_like() -> None:
    one, two, capital = account("Tom live"), account("Tom  live"), account("TOM LIVE")
    places = [one, two, capital]
    for place in places:
        assert find_place(f"{place.name} NFP", places) == (place, "NFP")
        assert find_place(f"account {place.name}", places) == (place, "")
    with pytest.raises(NotFound, match="Which one is meant"):
        find_place("tom live", places)


def test_the_longest_name_counts() -> None:
    tom, tom_live = account("Tom"), account("Tom live")
    assert find_place("tom live NFP", [tom, tom_live]) == (tom_live, "NFP")
    assert find_place("tom lives", [tom, tom_live]) == (tom, "lives")


def test_each_place_is_read_once_however_long_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a thousand accounts and a reason of a hundred words it was a hundred thousand times."""
    read: list[Named] = []

    def calls(place: Named) -> set[str]:
        read.append(place)
        return {place.name.lower()}

    monkeypatch.setattr("core.risk.places._calls", calls)
    places = [account(f"Account {number}") for number in range(50)]
    assert find_place("account 7 " + "because " * 100, places)[0] == places[7]
    assert read == places


def test_only_one_is_named_where_nothing_may_follow() -> None:
    tom = account("Tom")
    assert only_place(" TOM ", [tom]) == tom
    with pytest.raises(NotFound, match="nothing after it: account Tom"):
        only_place("Tom live", [tom])
    with pytest.raises(NotFound, match="Known: account Tom"):
        only_place("Tim", [tom])
