"""What a pack may not say of reckoned values, each fault with its place."""

import shutil
from pathlib import Path

import pytest

from monitor.packs.read_pack import read_pack

DERIVED = Path(__file__).parents[1] / "data" / "packs" / "derived"
TOML = (DERIVED / "pack.toml").read_text()


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(DERIVED, tmp_path / "derived"))


def problems(folder, *replacements):
    toml = TOML
    for old, new in replacements:
        assert old in toml
        toml = toml.replace(old, new, 1)
    (folder / "pack.toml").write_text(toml)
    found = read_pack(folder)
    assert (found.pack is None) is bool(found.problems)
    return [str(each) for each in found.problems]


SUM = 'formula = "french-troops + wagner-troops"'


def test_the_pack_itself_is_good(folder):
    assert problems(folder) == []


def test_a_formula_that_cannot_be_read_shows_where(folder):
    (fault,) = problems(folder, (SUM, 'formula = "french-troops +"'))
    assert "indicator.foreign-troops" in fault
    assert "the formula cannot be read from here (line 1, column 16)\n    french-troops +\n" in fault
    assert fault.split("\n")[2].startswith("                   ^")


def test_an_unknown_operand_is_named_and_the_nearest_offered(folder):
    (fault,) = problems(folder, (SUM, 'formula = "french-troops + wagner-trops"'))
    assert (
        "no indicator 'wagner-trops'; a minus between names has spaces around it (line 1, column 17)" in fault
    )
    assert "wagner-troops" in fault.split("wagner-trops")[-1]


FORECAST = (
    'name = "French troops"\nunit = "soldiers"',
    'name = "French troops"\nis_forecast = true\nunit = "soldiers"',
)


def test_a_forecast_is_neither_placed_nor_reckoned_from(folder):
    found = problems(folder, FORECAST)
    assert any("french-troops is a forecast, which nothing is reckoned from" in each for each in found)
    (placed,) = problems(folder, FORECAST, (SUM, 'formula = "wagner-troops * 2"'))
    assert "french-troops is a forecast, which is never scored" in placed


def test_formulas_in_a_circle_are_refused_naming_it(folder):
    found = problems(
        folder,
        (
            'name = "French troops"\nunit = "soldiers"\nsource = "desk"',
            'name = "F"\nunit = "x"\nformula = "foreign-troops / 2"',
        ),
    )
    assert [each.split(": ", 1)[1] for each in found] == [
        "leads back to itself: french-troops -> foreign-troops -> french-troops",
        "leads back to itself: foreign-troops -> french-troops -> foreign-troops",
    ]


def test_a_subject_that_is_a_member_of_itself_is_refused(folder):
    member = '[[subject.driver.placement]]\nseries = "attacks:NER"\n'
    found = problems(folder, (member, f'{member}\n[[subject.driver.member]]\nsubject = "sahel"\n'))
    assert [each.split(": ", 1)[1] for each in found] == [
        "is a member of itself: niger -> sahel -> niger",
        "is a member of itself: sahel -> niger -> sahel",
    ]


@pytest.mark.parametrize(
    "old, new, expected",
    [
        ('subject = "niger"', 'subject = "nigeria"', "no subject 'nigeria'"),
        ('subject = "niger"', 'subject = "mali"', "is a member twice of one driver"),
        (SUM, f'{SUM}\nevents = {{ kinds = ["coup"] }}', "formula is given too"),
        (SUM, "decimals = 1", "source: is missing"),
        ('source = "log"\ncadence', "cadence", "source: is missing"),
        ('slug = "sea-ports"', 'slug = "incidents"', "'incidents' is taken for keys of another kind"),
        ("values = { coup = 2, mutiny = 1 }", "values = { putsch = 2 }", "values names putsch"),
        ("covers_until = 2025-06-15", "covers_until = 2024-06-15", "covers_until is before covers_from"),
        ('unit_is = "country"', 'unit_is = "village"', "unit_is"),
        ('kinds = ["coup", "mutiny"]', "kinds = []", "kinds"),
    ],
)  # fmt: skip
def test_each_fault_is_named(folder, old, new, expected):
    found = problems(folder, (old, new))
    assert any(expected in each for each in found), found


def test_values_given_for_what_is_reckoned_are_warned_of(folder):
    path = folder / "history" / "troops.csv"
    path.write_text(
        path.read_text() + "foreign-troops:mali,2025-01-01,2025-02-01,1,,,,2025-02-05,made-up,,\n"
    )
    found = [str(each) for each in read_pack(folder).warnings]
    assert any("foreign-troops" in each and "is reckoned" in each for each in found), found
