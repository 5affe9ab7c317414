"""What people read about people, settings and themselves, in every language, at the longest values too."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.buttons.people import mask_of, roles_of
from bot.views.alerts.told import told
from bot.views.consent import accepted, consents, renewed
from bot.views.door import at_door, former, invited, invites, refusal, revoked, welcome
from bot.views.forget import ask_forget, forgotten, in_the_way, kept
from bot.views.markup import Rendered
from bot.views.people import (
    ask_block,
    ask_roles,
    ask_unblock,
    blocked,
    person_page,
    roles_given,
    unblocked,
    users,
)
from bot.views.settings import (
    Build,
    ask_city,
    hub,
    language_chosen,
    languages,
    version,
    which_zone,
    zone_chosen,
    zones,
)
from bot.words import Words
from core.model.accounts import Account, TerminalKind
from core.model.events import Json
from core.model.ids import AccountId, PersonId
from core.model.joining import Invite, Knock, KnockState
from core.model.people import CONSENT_VERSION, Consent, Language, Person, Role
from core.people.door import Asking
from core.people.forgetting import InTheWay
from core.trading.closing import Exposure
from tests.bot.snapshots import check_shown

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=30)
LONG = "<Ж&" * 60


def a_person(number: int, name: str, *roles: Role) -> Person:
    return Person(
        PersonId(UUID(int=number)),
        7_000_000_000 + number,
        name,
        frozenset(roles),
        chat_id=number,
        consent_version=CONSENT_VERSION,
        zone="Europe/Madrid",
    )


OLGA = a_person(1, "Olga", Role.OWNER)
TOM = a_person(3, "Tom", Role.TRADER)
EVERYBODY = (
    OLGA,
    a_person(2, "Adam", Role.ADMIN, Role.TRADER),
    TOM,
    replace(a_person(4, "Tara", Role.TRADER), consent_version=None),
    replace(a_person(5, "Vera", Role.VIEWER), chat_id=None),
    replace(a_person(6, "Ned", Role.TRADER), blocked_at=NOW),
    replace(a_person(7, "Una", Role.VIEWER), reachable=False),
)
KNOCK = Knock(9, 7_123_456_789, 77, "Sam <Stranger>", Language.ENGLISH, KnockState.AT_DOOR, NOW)
INVITE = Invite(12, Role.TRADER, 3, 1, NOW, NOW + timedelta(days=2), OLGA.id)
LINK = "https://t.me/tapdesk_bot?start=" + "A" * 32


def together(*shown: Rendered) -> Rendered:
    """Several short messages in one file."""
    return Rendered("\n\n---\n".join(one.text for one in shown))


def test_who_is_here() -> None:
    check_shown("people-users", lambda words: users(EVERYBODY, 0, words))
    many = [a_person(number, LONG, *Role) for number in range(1, 40)]
    check_shown("people-users-longest", lambda words: users(many, 1, words))


def test_one_person() -> None:
    named = replace(TOM, of_desk_file=True)
    check_shown("people-person", lambda words: person_page(named, ["Tom 1", "Tom 2"], OLGA, words))
    longest = replace(a_person(8, LONG, *Role), blocked_at=NOW)
    check_shown("people-person-longest", lambda words: person_page(longest, [LONG] * 9, OLGA, words))


def test_questions() -> None:
    after = frozenset({Role.VIEWER})
    named = replace(TOM, of_desk_file=True)
    check_shown("people-ask-roles", lambda words: ask_roles(named, after, UNTIL, words))
    check_shown("people-ask-block", lambda words: ask_block(TOM, 2, 1, UNTIL, words))
    check_shown("people-ask-block-calm", lambda words: ask_block(TOM, 0, 0, UNTIL, words))
    check_shown("people-ask-unblock", lambda words: ask_unblock(EVERYBODY[5], UNTIL, words))


def test_what_was_done() -> None:
    check_shown(
        "people-done",
        lambda words: together(roles_given(TOM, words), blocked(TOM, words), unblocked(TOM, words)),
    )


@pytest.mark.parametrize("state", KnockState)
def test_a_stranger(state: KnockState) -> None:
    role = Role.VIEWER if state is KnockState.ADMITTED else None
    knock = replace(KNOCK, state=state, asks=int(state is not KnockState.AT_DOOR), role=role)
    check_shown(f"knock-{state}", lambda words: at_door(knock, OLGA, "Adam", words))


def test_what_strangers_read() -> None:
    check_shown(
        "strangers",
        lambda words: together(
            *(refusal("Write to Olga.", asking, words) for asking in Asking),
            welcome("Desk", TOM, words),
            former(KNOCK, words),
        ),
    )


def test_invites() -> None:
    names = {OLGA.id: "Olga"}
    listed = [INVITE, replace(INVITE, id=13, used=2, role=Role.VIEWER)]
    check_shown("invite-new", lambda words: invited(INVITE, LINK, words))
    check_shown("invite-new-one", lambda words: invited(replace(INVITE, uses=1), LINK, words))
    check_shown("invites", lambda words: invites(listed, names, OLGA, words))
    check_shown("invites-none", lambda words: invites([], names, OLGA, words))
    check_shown("invites-longest", lambda words: invites([INVITE] * 40, {OLGA.id: LONG}, OLGA, words))
    check_shown("invite-revoked", lambda words: revoked(INVITE, words))


def test_the_risk_text_again() -> None:
    given = [Consent(TOM.id, version, NOW) for version in (2, 1)]
    behind = replace(TOM, consent_version=1)
    check_shown("consent-renewed", lambda words: renewed("Desk", words))
    check_shown("consent-history", lambda words: consents("Desk", TOM, given, words))
    check_shown("consent-behind", lambda words: consents("Desk", behind, given[1:], words))
    check_shown("consent-accepted", lambda words: accepted(LONG, words))


def test_settings() -> None:
    check_shown("settings", lambda words: hub(TOM, NOW, words))
    check_shown("settings-language", languages)
    check_shown("settings-zone", lambda words: zones(NOW, words))
    check_shown("settings-which-zone", lambda words: which_zone(["America/New_York", "Asia/Tokyo"], words))
    build = Build("1.2.3", "3.11.7", "PostgreSQL 16.2", timedelta(days=3, hours=4, minutes=5))
    check_shown(
        "settings-said",
        lambda words: together(
            language_chosen(words),
            ask_city(words),
            which_zone([], words),
            zone_chosen(NOW, words),
            version(build, words),
        ),
    )


def everything_in_the_way() -> InTheWay:
    account = Account(AccountId(UUID(int=5)), TOM.id, "Tom <paper>", TerminalKind.PAPER, "", 1, "Demo")
    return InTheWay(True, True, Exposure((), {}, 2, (account,)), 3, (account,), (account,))


def test_forgetting() -> None:
    check_shown("forget-in-the-way", lambda words: in_the_way(everything_in_the_way(), words))
    check_shown("forget-question", lambda words: ask_forget(2, UNTIL, words))
    check_shown("forget-question-viewer", lambda words: ask_forget(0, UNTIL, words))
    check_shown("forget-said", lambda words: together(kept(words), forgotten(words)))


def test_what_is_told_of_people() -> None:
    facts: Json = {"name": "Tom", "by": "Olga", "roles": ["trader", "viewer"]}
    names = ("person_joined", "person_roles", "person_blocked", "person_unblocked", "person_forgotten")

    def shown(words: Words) -> Rendered:
        return together(*(Rendered(told(name, facts, words).text) for name in names))

    check_shown("people-told", shown)


def test_a_set_of_roles_is_a_small_number() -> None:
    assert [roles_of(number) for number in (0, 15)] == [frozenset(), frozenset(Role)]
    assert all(roles_of(mask_of(frozenset({role}))) == {role} for role in Role)
