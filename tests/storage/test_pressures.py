"""The latest pressures of a subject are replaced as a whole."""

from monitor.storage import pressures
from monitor.storage.pressures import DriverPressure, Imputed, Pressure


def pressure(placement="goita/supply/fuel-price:mali", **fields):
    return Pressure(
        **{
            "placement": placement,
            "value": 5.0,
            "pressure": 62.5,
            "pressure_low": None,
            "pressure_high": None,
            "freshness": 1.0,
            "grade": 0.85,
            "weight": 1.0,
            "points": 12.5,
            "is_observed": True,
            "is_carried": False,
            "is_held": True,
            "is_saturated": False,
            "is_provisional": True,
            "period_start": 1,
            "period_end": 2,
            "known_at": 3,
            "seq": 4,
        }
        | fields
    )


def driver(slug="supply"):
    return DriverPressure(
        driver=slug,
        pressure=62.5,
        pressure_low=50.0,
        pressure_high=None,
        coverage=1.0,
        weight=2.0,
        points=9.0,
    )


def test_pressures_come_back_by_placement_and_driver(session):
    unseen = pressure("goita/supply/diesel-price:mali", value=None, pressure=None, grade=None, seq=None)
    pressures.replace(session, "goita", placements=[pressure(), unseen], drivers=[driver()])
    pressures.replace(session, "sadio", placements=[pressure()], drivers=[driver()])
    assert pressures.of_subject(session, "goita") == {item.placement: item for item in (unseen, pressure())}
    assert pressures.drivers_of(session, ["goita", "none"]) == {"goita": {"supply": driver()}, "none": {}}


def test_what_is_no_longer_placed_is_gone(session):
    pressures.replace(session, "goita", placements=[pressure()], drivers=[driver()])
    pressures.replace(session, "goita", placements=[], drivers=[driver("security")])
    assert pressures.of_subject(session, "goita") == {}
    assert list(pressures.drivers_of(session, ["goita"])["goita"]) == ["security"]


def test_what_was_filled_in_is_counted_by_subject(session):
    rows = [
        pressure("goita/a/x:mali", weight=0.25, is_imputed=True),
        pressure("goita/a/y:mali", weight=0.75, is_imputed=False),
    ]
    pressures.replace(session, "goita", placements=rows, drivers=())
    pressures.replace(session, "traore", placements=[pressure("traore/a/x:mali", weight=0.0)], drivers=())
    found = pressures.imputed_of(session, ["goita", "traore", "nobody"])
    assert found == {"goita": Imputed(share=0.25, count=1), "traore": Imputed(share=0.0, count=0)}
