"""Told once: whatever probes say, incidents and recoveries of a trouble alternate, each confirmed by two."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from core.health.confirmation import CONFIRMED, MOST_RETURNS, Change, Streaks
from core.health.findings import Findings
from core.model.ids import AccountId
from core.model.incidents import OUTAGE, Incident, Trouble
from tests.core.health.samples import TUESDAY

ACCOUNT = AccountId(UUID(int=7))
EVERY = timedelta(seconds=15)
EVERYTHING = frozenset(Trouble)
REST = sorted(EVERYTHING - OUTAGE)
CLEAR = Findings({}, EVERYTHING)


def bad(*troubles: Trouble) -> Findings:
    outage = not OUTAGE.isdisjoint(troubles)
    return Findings(dict.fromkeys(troubles, "Bad."), OUTAGE if outage else EVERYTHING)


@dataclass
class Patient:
    """The incidents of an account, kept as the database keeps them."""

    streaks: Streaks = field(default_factory=Streaks)
    incidents: list[Incident] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def probed(self, *probes: Findings) -> list[Change]:
        """What each of these probes changed, as begun and ended troubles."""
        for findings in probes:
            at = TUESDAY + len(self.changes) * EVERY
            self.streaks = self.streaks.after(at, findings)
            change = self.streaks.change(self.incidents)
            self._keep(change)
            self.changes.append(change)
        return self.changes[-len(probes) :]

    def _keep(self, change: Change) -> None:
        for trouble, since in change.begun.items():
            assert trouble not in self.lasting
            self.incidents.append(Incident(len(self.incidents), ACCOUNT, trouble, "Bad.", since))
        for place, one in enumerate(self.incidents):
            if one.ended_at is None and one.trouble in change.ended:
                self.incidents[place] = replace(one, ended_at=change.ended[one.trouble])

    @property
    def lasting(self) -> set[Trouble]:
        return {one.trouble for one in self.incidents if one.ended_at is None}

    def restart(self) -> None:
        self.streaks = Streaks()


outages = st.sampled_from(sorted(OUTAGE)).map(bad)
others = st.sets(st.sampled_from(REST), max_size=3).map(lambda troubles: bad(*troubles))
probes = st.one_of(st.just(CLEAR), outages, others)


def seen(all_probes: Sequence[Findings], trouble: Trouble) -> list[bool]:
    """Of each probe whether it showed the cause of the trouble; those that could not tell are left out."""
    cause = trouble.cause
    return [not cause.isdisjoint(probe.found) for probe in all_probes if trouble in probe.judged]


@settings(deadline=None)
@given(st.lists(probes, max_size=60))
def test_incidents_and_recoveries_alternate_and_are_confirmed(sequence: list[Findings]) -> None:
    patient = Patient()
    for number, findings in enumerate(sequence, start=1):
        before = patient.lasting
        [change] = patient.probed(findings)
        for trouble in change.begun:
            assert trouble not in before
            assert seen(sequence[:number], trouble)[-CONFIRMED:] == [True] * CONFIRMED
        for trouble in change.ended:
            assert trouble in before
            assert seen(sequence[:number], trouble)[-CONFIRMED:] == [False] * CONFIRMED
        assert patient.lasting == (before | change.begun.keys()) - change.ended.keys()


@settings(deadline=None)
@given(st.lists(probes, max_size=30), st.sampled_from([bad(trouble) for trouble in Trouble]))
def test_what_lasts_is_told_and_what_is_gone_is_over(sequence: list[Findings], last: Findings) -> None:
    """However it began: two more bad ones are enough for an incident, a long calm ends everything."""
    patient = Patient()
    patient.probed(*sequence, last, last)
    assert set(last.found) <= patient.lasting
    patient.probed(*[CLEAR] * (CONFIRMED << MOST_RETURNS))
    assert patient.lasting == set()


@settings(deadline=None)
@given(st.lists(probes, max_size=40), st.integers(0, 40))
def test_a_restart_tells_nothing_twice(sequence: list[Findings], after: int) -> None:
    patient = Patient()
    patient.probed(*sequence[:after])
    told = patient.lasting
    patient.restart()
    patient.probed(*sequence[after:])
    assert told <= {incident.trouble for incident in patient.incidents}
    for trouble in Trouble:
        own = [one for one in patient.incidents if one.trouble is trouble]
        assert all(one.ended_at is not None for one in own[:-1])


def test_one_bad_probe_tells_nobody() -> None:
    patient = Patient()
    assert not any(patient.probed(CLEAR, bad(Trouble.SLOW), CLEAR, bad(Trouble.SILENT), CLEAR, CLEAR))


def test_it_begins_with_the_first_probe_and_ends_with_the_first_clear_one() -> None:
    patient = Patient()
    silent = bad(Trouble.SILENT)
    patient.probed(CLEAR, silent, silent, silent, CLEAR, CLEAR)
    [incident] = patient.incidents
    assert incident.began_at == TUESDAY + EVERY
    assert incident.ended_at == TUESDAY + 4 * EVERY


def test_an_outage_that_changes_its_face_with_every_probe_is_told() -> None:
    patient = Patient()
    patient.probed(bad(Trouble.SILENT), bad(Trouble.DISCONNECTED))
    assert patient.lasting == {Trouble.DISCONNECTED}
    faces = [bad(Trouble.SILENT), bad(Trouble.DISCONNECTED)] * 50
    assert not any(patient.probed(*faces))


def test_each_face_of_an_outage_is_told_once_and_all_end_together() -> None:
    patient = Patient()
    silent, link = bad(Trouble.SILENT), bad(Trouble.DISCONNECTED)
    patient.probed(*[silent, silent, link, link] * 5)
    assert [one.trouble for one in patient.incidents] == [Trouble.SILENT, Trouble.DISCONNECTED]
    [_, change] = patient.probed(CLEAR, CLEAR)
    assert set(change.ended) == {Trouble.SILENT, Trouble.DISCONNECTED}


def test_what_an_outage_hides_is_neither_over_nor_told() -> None:
    patient = Patient()
    button, link = bad(Trouble.BUTTON_OFF), bad(Trouble.DISCONNECTED)
    patient.probed(button, button, *[link] * 20)
    assert patient.lasting == {Trouble.BUTTON_OFF, Trouble.DISCONNECTED}
    patient.probed(button, button)
    assert patient.lasting == {Trouble.BUTTON_OFF}
    assert len(patient.incidents) == 2


def test_what_keeps_coming_back_is_told_ever_less_often() -> None:
    """A link that is down for two probes of every four for an hour: not sixty messages."""
    patient = Patient()
    link = bad(Trouble.DISCONNECTED)
    patient.probed(*[link, link, CLEAR, CLEAR] * 60)
    assert len(patient.incidents) == 2
    assert patient.lasting == {Trouble.DISCONNECTED}
