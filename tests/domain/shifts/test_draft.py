"""What a handover says of the desk: who has its alerts, what moved, what is not seen."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.shifts.content import Due, Figures, Section, Situation
from monitor.domain.shifts.draft import MOST_DUE, MOST_OF_ONE, draft, situation_of
from monitor.domain.shifts.facts import AlertFact, DeskFacts, SilenceFact, SubjectFact, Trouble

NOW = datetime(2025, 11, 30, 14, 18, tzinfo=UTC)
SINCE = datetime(2025, 11, 30, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def alert(**values):
    return AlertFact(**{
        "episode_id": "e1", "title": "Fuel price is critical", "subject": "goita", "subject_name": "Goïta",
        "concern": Concern.CRITICAL, "open_seconds": 5400.0, **values,
    })  # fmt: skip


def subject(**values):
    return SubjectFact(**{
        "slug": "goita", "name": "Goïta", "end": AlarmingEnd.LOW, "heat_before": 19.8, "heat": 16.0,
        "level_before": "Cold", "level": "Cold", "concern_before": Concern.CRITICAL,
        "concern": Concern.CRITICAL, **values,
    })  # fmt: skip


def facts(**values):
    return DeskFacts(**{"since_at": SINCE, "now": NOW, **values})


def only(**values):
    (found,) = draft(facts(**values)).items
    return found


@pytest.mark.parametrize(
    "values,headline",
    [
        ({}, "Critical, nobody has acknowledged."),
        (
            {"escalates_at": NOW + timedelta(minutes=16)},
            "Critical, nobody has acknowledged, escalates at 14:34.",
        ),
        ({"acked_by": "L. Moreau", "acked_until": NOW + 8 * HOUR}, "Critical, in hand until 22:18."),
        ({"acked_by": "L. Moreau"}, "Critical, in hand."),
        ({"is_recovering": True}, "Critical, recovering: it ends if it stays calm."),
        ({"silenced_until": NOW + HOUR}, "Critical, silenced until 15:18."),
        (
            {"silenced_until": NOW + 18 * HOUR, "silenced_because": "port strike."},
            "Critical, silenced until 1 Dec 08:18, port strike.",
        ),
    ],
)
def test_an_alert_says_who_has_it_in_hand_and_until_when(values, headline):
    found = only(alerts=(alert(**values),))
    assert (found.section, found.key, found.headline) == (Section.ALERTS, "alert:e1", headline)


def test_an_alert_brings_its_evidence_its_running_idea_and_who_was_told():
    fact = alert(what="500 against 400", idea="A true rise.", channels=("Mail", "Hook"), acked_by="Ana")
    found = only(alerts=(fact,))
    assert (found.text, found.idea, found.owner) == ("Goïta: 500 against 400.", "A true rise.", "Ana")
    assert found.detail == "firing 90 min, told by Mail and Hook, acknowledged by Ana"
    assert only(alerts=(alert(is_recovering=True),)).detail == "recovering 90 min, nobody was told"
    still = only(alerts=(alert(stands_still=True),))
    assert still.detail == "firing 90 min, nobody was told, stands still without new values"
    assert only(alerts=(alert(is_archive=True),)).detail == "firing in the archive, nobody was told"


def test_an_alert_about_blindness_is_a_blind_spot():
    assert only(alerts=(alert(is_blind=True),)).section is Section.BLIND


@pytest.mark.parametrize(
    "values,headline,detail",
    [
        ({}, "16, Cold, down 3.8 since 06:30.", "worse, drafted from the ledger"),
        (
            {"level_before": "Cool", "heat_before": 21.0},
            "16, entered Cold from Cool, down 5.0 since 06:30.",
            "worse, drafted from the ledger",
        ),
        ({"heat": 22.0, "level": "Cool", "level_before": "Cold", "heat_before": 22.0},
         "22, entered Cool from Cold.", ""),
        ({"heat": 25.0}, "25, Cold, up 5.2 since 06:30.", "easing, drafted from the ledger"),
    ],
)  # fmt: skip
def test_what_moved_says_where_to_and_how_far(values, headline, detail):
    found = only(subjects=(subject(**values),))
    assert (found.key, found.headline, found.detail) == ("moved:goita", headline, detail)


def test_what_moved_names_what_moved_it():
    movers = ("conflict deaths, 116 to 219, −2.1", "fuel, −0.9")
    found = only(subjects=(subject(movers=movers),))
    assert found.text == "Conflict deaths, 116 to 219, −2.1; fuel, −0.9."


@pytest.mark.parametrize(
    "values",
    [
        {"heat_before": 16.4},
        {"heat_before": None, "level_before": "", "concern_before": None},
        {"heat_before": 16.4, "end": AlarmingEnd.HIGH},
    ],
)
def test_a_small_move_or_a_new_subject_is_no_news(values):
    assert draft(facts(subjects=(subject(**values),))).items == ()


def test_a_subject_without_a_level_is_a_blind_spot_and_not_calm():
    blind = {"heat": None, "level": "Unknown", "concern": None, "coverage": 0.48, "min_coverage": 0.6}
    found = only(
        subjects=(subject(**blind, last_level="Cool", blind_since=datetime(2025, 11, 12, tzinfo=UTC)),)
    )
    assert (found.headline, found.text) == (
        "No level since 12 Nov 00:00.",
        "Last known Cool. This is not calm.",
    )
    assert "48" in found.detail
    plain = only(subjects=(subject(**blind | {"coverage": None}),))
    assert (plain.headline, plain.text, plain.detail) == ("No level.", "This is not calm.", "")


def test_silences_and_troubles_are_items():
    silence = SilenceFact(
        name="subject=road", number=41, ends_at=NOW + 2 * HOUR, author="T. Okafor", comment="port strike."
    )
    trouble = Trouble(key="source:x", name="Prices", headline="It fails.")
    found = draft(facts(silences=(silence,), unseen=(trouble,), unreached=(trouble,))).items
    assert [each.section for each in found] == [Section.BLIND, Section.SILENCES, Section.REACH]
    assert found[1].headline == "Silenced until 16:18."
    assert found[1].text == "Port strike. What still fires then is sent."
    assert found[1].detail == "silence 41, by T. Okafor"


@pytest.mark.parametrize(
    "values,expected",
    [
        ({}, Situation.QUIET),
        ({"subjects": (subject(),)}, Situation.NORMAL),
        ({"figures": Figures(alerts_opened=5)}, Situation.BUSY),
        ({"figures": Figures(alerts_opened=1)}, Situation.NORMAL),
        ({"alerts": (alert(concern=Concern.HIGH),)}, Situation.BUSY),
        ({"alerts": (alert(),)}, Situation.CRITICAL),
        ({"alerts": (alert(acked_by="Ana"),)}, Situation.QUIET),
    ],
)
def test_the_state_of_the_shift_is_a_word(values, expected):
    assert situation_of(facts(**values)) is expected


@pytest.mark.parametrize(
    "values,said",
    [
        ({}, "No subject has moved since 06:30."),
        ({"subjects": (subject(),)}, "Goïta moved most, −3.8 within Cold."),
        ({"subjects": (subject(level_before="Cool"),)}, "Goïta entered Cold."),
        ({"alerts": (alert(),)}, "No subject has moved since 06:30. One alert needs someone."),
        ({"alerts": (alert(), alert())}, "No subject has moved since 06:30. 2 alerts need someone."),
        ({"alerts": (alert(acked_by="Ana"),)}, "No subject has moved since 06:30. One alert is in hand."),
        (
            {"subjects": (subject(heat=None, concern=None, level="Unknown"),)},
            "No subject has moved since 06:30. One subject is blind, which is not the same as calm.",
        ),
    ],
)  # fmt: skip
def test_the_narrative_is_written_from_the_facts(values, said):
    assert draft(facts(**values)).narrative == said


def test_concerns_are_counted_then_and_now_with_who_changed():
    fell = subject(slug="niger", name="Niger", concern_before=Concern.HIGH, concern=Concern.ELEVATED)
    counted = {each.concern: each for each in draft(facts(subjects=(subject(), fell))).tallies}
    assert (counted[Concern.CRITICAL].before, counted[Concern.CRITICAL].after) == (1, 1)
    assert (counted[Concern.HIGH].before, counted[Concern.HIGH].after) == (1, 0)
    assert counted[Concern.ELEVATED].changed == ("Niger",)
    assert list(counted)[-1] is None


def test_the_worst_mover_comes_first_and_long_lists_say_how_many_more():
    mild = subject(slug="a", name="A", concern=Concern.WATCH, heat=40.0)
    assert [each.name for each in draft(facts(subjects=(mild, subject()))).items] == ["Goïta", "A"]
    many = tuple(alert(episode_id=f"e{number}") for number in range(MOST_OF_ONE + 2))
    found = draft(facts(alerts=many)).items
    assert (len(found), found[-1].headline) == (MOST_OF_ONE + 1, "2 more.")


def test_the_agenda_is_in_order_and_short():
    agenda = tuple(Due(at=NOW + number * HOUR, text="due") for number in range(20, 0, -1))
    found = draft(facts(agenda=agenda)).agenda
    assert (len(found), found[0].at) == (MOST_DUE, NOW + HOUR)
