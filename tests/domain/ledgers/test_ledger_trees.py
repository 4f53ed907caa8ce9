"""The four sentences that close heat.md 7, over random trees of up to four levels, edited in every way."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.domain.ledgers.cause import Cause
from monitor.domain.ledgers.ledger import Moment, ledger
from tests.domain import trees
from tests.domain.trees import edited, generator, observations, pick, plan, seeded
from tests.domain.vectors import DAY, columns

EXACT = 1e-9


def explain(before, its_data, after=None, first=1, last=2):
    start = Moment(model=before.model, columns=its_data, at=first * DAY)
    return ledger(start, Moment(model=(after or before).model, columns=its_data, at=last * DAY))


def total(found):
    return sum(term.heat_delta for term in found.terms)


def named(found):
    return {(term.cause, term.driver, term.placement): term.heat_delta for term in found.terms}


@seeded(200)
def test_terms_add_up_to_the_change_whatever_was_edited(seed):
    rng = generator(seed)
    old = plan(rng)
    new = edited(rng, old)
    found = explain(old, observations(rng, old, new), new)
    assert total(found) == pytest.approx(found.delta_heat, abs=EXACT)
    assert all(np.isfinite(term.heat_delta) for term in found.terms)
    assert sum(found.by_cause().values()) == pytest.approx(found.delta_heat, abs=EXACT)


@seeded(100)
def test_the_drivers_at_the_top_add_up_to_the_change_of_an_unedited_tree(seed):
    rng = generator(seed)
    tree = plan(rng)
    found = explain(tree, observations(rng, tree))
    sums = found.by_driver()
    top = [driver.slug for driver in tree.subject.drivers if not driver.parent]
    assert sum(sums.get(slug, 0.0) for slug in [*top, ""]) == pytest.approx(found.delta_heat, abs=EXACT)


@seeded(100)
def test_a_drivers_sum_is_that_of_its_own_terms_and_of_the_drivers_below_it(seed):
    rng = generator(seed)
    old = plan(rng)
    new = edited(rng, old)
    found = explain(old, observations(rng, old, new), new)
    sums = found.by_driver()
    parents = {driver.slug: driver.parent for each in (old, new) for driver in each.subject.drivers}
    for slug in sums.keys() - {""}:
        own = sum(term.heat_delta for term in found.terms if term.driver == slug)
        below = sum(sums[child] for child, parent in parents.items() if parent == slug and child in sums)
        assert sums[slug] == pytest.approx(own + below, abs=EXACT)


@seeded(100)
def test_the_order_of_drivers_and_placements_changes_no_term(seed):
    rng = generator(seed)
    old = plan(rng)
    new = edited(rng, old)
    its_data = observations(rng, old, new)
    mixed = [
        replace(
            each,
            placements=tuple(each.placements[place] for place in rng.permutation(len(each.placements))),
            subject=replace(
                each.subject,
                drivers=tuple(each.subject.drivers[n] for n in rng.permutation(len(each.subject.drivers))),
            ),
        )
        for each in (old, new)
    ]
    first, second = named(explain(old, its_data, new)), named(explain(mixed[0], its_data, mixed[1]))
    for key in first.keys() | second.keys():
        assert first.get(key, 0.0) == pytest.approx(second.get(key, 0.0), abs=1e-8), key


@seeded(200)
def test_an_unchanged_series_driver_or_form_has_no_term(seed):
    rng = generator(seed)
    tree = plan(rng, floors=False)
    its_data = observations(rng, tree)
    still = {key for key in its_data if rng.random() < 0.5}
    its_data |= {key: columns(trees.row(0, trees.value(rng))) for key in still}
    found = explain(tree, its_data)
    assert not still & {term.placement.rpartition("/")[2] for term in found.terms}
    assert not {Cause.WEIGHT, Cause.METHOD, Cause.FLOOR, Cause.DEFINITION} & found.by_cause().keys()


@pytest.mark.parametrize(
    "edit,cause",
    [
        ("weight", Cause.WEIGHT),
        ("driver weight", Cause.WEIGHT),
        ("thresholds", Cause.DEFINITION),
        ("method", Cause.METHOD),
        ("driver moved", Cause.METHOD),
        ("placement moved", Cause.METHOD),
        ("placement removed", Cause.DEFINITION),
        ("placement and driver added", Cause.DEFINITION),
        ("floors", Cause.FLOOR),
    ],
)
def test_an_edit_is_the_only_cause_where_nothing_else_changed(edit, cause):
    @seeded(30)
    def alone(seed):
        rng = generator(seed)
        old = plan(rng, floors=edit == "floors")
        new = trees.EDITS[edit](rng, old)
        its_data = {key: columns(trees.row(0, trees.value(rng))) for key in observations(rng, old, new)}
        found = explain(old, its_data, new, first=1, last=1)
        assert set(found.by_cause()) <= {cause}
        assert total(found) == pytest.approx(found.delta_heat, abs=EXACT)

    alone()


@seeded(200)
def test_identical_causes_under_one_parent_have_identical_terms(seed):
    rng = generator(seed)
    tree = plan(rng)
    twin = pick(rng, tree.placements)
    pair = (*tree.placements, replace(twin, series="twin:mali"))
    both = replace(tree, placements=pair, subject=replace(tree.subject, floors=()))
    its_data = observations(rng, both)
    its_data["twin:mali"] = its_data[twin.series]
    found = named(explain(both, its_data))
    for cause in Cause:
        terms = [
            found.get((cause, twin.driver, f"mali/{twin.driver}/{s}")) for s in (twin.series, "twin:mali")
        ]
        assert terms[0] == terms[1]


@seeded(100)
def test_identical_drivers_under_one_parent_have_identical_sums(seed):
    rng = generator(seed)
    tree = plan(rng)
    above = {driver.parent for driver in tree.subject.drivers}
    first = pick(rng, [driver for driver in tree.subject.drivers if driver.slug not in above])
    inside = [each for each in tree.placements if each.driver == first.slug]
    twins = [replace(each, driver="twin", series=f"twin{each.series}") for each in inside]
    drivers = (*tree.subject.drivers, replace(first, slug="twin"))
    both = replace(
        tree,
        subject=replace(tree.subject, drivers=drivers, floors=()),
        placements=(*tree.placements, *twins),
    )
    its_data = observations(rng, both)
    its_data |= {f"twin{each.series}": its_data[each.series] for each in inside}
    sums = explain(both, its_data).by_driver()
    assert sums.get(first.slug, 0.0) == pytest.approx(sums.get("twin", 0.0), abs=1e-10)
