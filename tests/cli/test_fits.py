"""Fits say whose values were drawn in, and where a yardstick stands that fits nothing."""

import pytest

from monitor.domain.errors import InvalidInput
from tests.indices import guide_files


@pytest.fixture
def links(run, tmp_path):
    """The guide's index, the highest value of roads always drawn in."""
    folder = tmp_path / "links"
    folder.mkdir()
    for name, text in guide_files().items():
        (folder / name).write_text(text.replace("treat = {}", "treat = { force = true, winsorise = 1 }"))
    run("pack", "install", str(folder))


def test_a_fit_shows_which_unit_and_value_were_winsorised(run, run_json, links):
    said = run("definition", "fit", "roads", "--dry-run").output
    assert "1 winsorised" in said
    assert "indicator.roads: BTN winsorised from 22.5 to 12.7119" in said
    told = run_json("definition", "fit", "roads", "--dry-run")["fitted"][0]["winsorised"]
    assert told == ["BTN winsorised from 22.5 to 12.7119"]
    assert run_json("definition", "fit", "debt", "--dry-run")["fitted"][0]["winsorised"] == []


def test_a_yardstick_that_cannot_be_fitted_is_named_with_its_place(run, tmp_path):
    folder = tmp_path / "links"
    folder.mkdir()
    wrong = 'by = "distance_to_reference", reference_unit = "ALB"'
    for name, text in guide_files().items():
        changed = text.replace('by = "minmax"', wrong).replace("ALB,Albania,18,", "ALB,Albania,NA,")
        (folder / name).write_text(changed)
    with pytest.raises(InvalidInput) as caught:
        run("pack", "install", str(folder))
    head, failure = str(caught.value).splitlines()
    assert head == f"{folder}: these could not be fitted (relative, fits_at_install):"
    assert failure.startswith("  pack.toml:22 roads: reference_unit ALB has no value of a period that ended")
    assert failure.endswith("(expected one of BTN, CHL, DNK, EGY)")
