"""What `pack check` warns of in an index: means that one 0 decides, sides turned, series without values."""

import pytest

from monitor.packs.read_pack import read_pack
from tests.indices import guide_files


@pytest.fixture
def warnings(tmp_path):
    """Write the guide's pack with some texts replaced by others, and return what it is warned of."""

    def read(*changes, file="pack.toml", more=None):
        folder = tmp_path / "links"
        folder.mkdir()
        files = guide_files()
        for old, new in changes:
            assert old in files[file], old
            files[file] = files[file].replace(old, new)
        for name, (old, new) in (more or {}).items():
            files[name] = files[name].replace(old, new)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        found = read_pack(folder)
        assert found.problems == ()
        return [str(each).removeprefix("pack.toml ") for each in found.warnings]

    return read


GEOMETRIC = ('slug = "money"\n', 'slug = "money"\nmethod = "geometric"\nof = "strength"\n')


def test_the_guide_gives_no_warning(warnings):
    assert warnings() == []


def test_a_gap_that_peers_fill_is_no_lack_of_history(warnings):
    """Bhutan has no port calls; the mean of the others stands in."""
    assert warnings(("58", "NA"), file="data.csv") == []


def test_a_gap_that_nothing_fills_is(warnings):
    found = warnings(("77,58,38", "NA,58,38"), file="data.csv")
    assert found == ["placement.roads:CHL: has no history, and no source fetches it"]


@pytest.mark.parametrize(
    "change",
    [
        ('kind = "manual"', 'kind = "push"'),
        ('kind = "manual"', 'kind = "manual"\ninterval_seconds = 60'),
        ('kind = "manual"', 'kind = "manual"\ncron = "5 6 * * *"'),
    ],
)
def test_what_is_pushed_or_asked_by_any_clock_needs_no_history(warnings, change):
    with_gap = ("77,58,38", "NA,58,38")
    assert warnings(change, more={"data.csv": with_gap}) == []


def test_a_denominator_is_not_called_a_placement(warnings):
    (found,) = warnings(("74,2.8", "74,NA"), file="data.csv")
    assert found.startswith("series.people:ALB: is read for others though placed nowhere; it has no history")


@pytest.mark.parametrize("method", ['"geometric"', '"harmonic"', '"power"\npower = 0', '"power"\npower = -1'])
def test_a_mean_that_one_0_decides_is_named_once_with_what_can_give_it(warnings, method):
    found = warnings(
        ("range = [1, 100], target = 40", "target = 40"),
        (GEOMETRIC[0], GEOMETRIC[1].replace('"geometric"', method)),
    )
    word = method.split('"')[1]
    words = "one strength of 0 makes the whole {} mean 0, and these can give it: {}"
    wanted = "(expected range = [1, 100] in their `relative`)"
    # The subject's own mean is of the driver, which is then 0 too.
    assert found == [
        f"subject.links-alb.method: {words.format('geometric', 'money')} {wanted}",
        f"subject.links-alb.driver.money.method: {words.format(word, 'debt')} {wanted}",
    ]


def test_a_mean_above_0_is_not_named(warnings):
    assert warnings(GEOMETRIC) == []


def test_on_the_side_of_pressure_it_is_the_other_end_that_counts(warnings):
    """With strengths from 1 to 100 pressure runs from 0 to 99."""
    (found,) = warnings((GEOMETRIC[0], GEOMETRIC[1].replace("strength", "pressure")))
    assert "driver.money.method: one pressure of 0 makes the whole geometric mean 0" in found


def test_members_that_cannot_all_be_0_do_not_make_their_mean_0(warnings):
    """Roads may be, ports may not: their arithmetic mean is above 0."""
    assert warnings(("range = [1, 100], treat = {}", "treat = {}")) == []


@pytest.mark.parametrize("method,warned", [("min", True), ("max", False)])
def test_the_least_of_members_is_0_where_one_is(warnings, method, warned):
    extreme = ('slug = "transport"\n', f'slug = "transport"\nmethod = "{method}"\nof = "strength"\n')
    found = warnings(("range = [1, 100], treat = {}", "treat = {}"), extreme)
    assert [("can give it: transport" in each) for each in found] == [True] * warned


@pytest.mark.parametrize("low,warned", [("40", True), ("200", False)])
def test_a_form_with_fixed_ends_counts_where_a_value_reaches_them(warnings, low, warned):
    """Debts are 36 to 120: posts from 200 down to 118 leave Bhutan at 100 of pressure alone."""
    posts = f"goalposts = {{ low = {low}, high = 118 }}" if warned else "goalposts = { low = 0, high = 200 }"
    relative = (
        'relative = { by = "distance_to_target", against = "peers", is_higher_worse = true, '
        'of = "strength", range = [1, 100], target = 40, fits_at_install = true }'
    )
    assert bool(warnings((relative, posts))) is warned


def test_a_rank_is_never_0(warnings):
    ranked = ('by = "percentile", against = "peers"', 'by = "rank", against = "peers"')
    alone = ("range = [1, 100], counts_imputed", "counts_imputed")
    transport = ('slug = "transport"\n', 'slug = "transport"\nmethod = "min"\nof = "strength"\n')
    assert warnings(ranked, alone, transport) == []


def test_what_goes_on_beyond_the_range_may_reach_the_other_end(warnings):
    on = ("range = [1, 100], target = 40", "range = [1, 50], cap = false, target = 40")
    (found,) = warnings(on, (GEOMETRIC[0], GEOMETRIC[1].replace("strength", "pressure")))
    assert "one pressure of 0" in found


def test_worst_dominates_of_strengths_is_warned_of(warnings):
    (found,) = warnings((GEOMETRIC[0], GEOMETRIC[1].replace('"geometric"', '"worst_dominates"')))
    place, _, said = found.partition(": ")
    assert place == "subject.links-alb.driver.money.of"
    assert said.startswith("worst_dominates of strengths lets the best dominate, not the worst (expected")
