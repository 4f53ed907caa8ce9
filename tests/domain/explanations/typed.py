"""Printed formulas, typed into a pocket calculator."""

import math

import pytest

NAMES = {"ln": math.log, "exp": math.exp, "max": max, "min": min}


def calculated(formula):
    """Type a printed formula into a pocket calculator."""
    for printed, python in (
        ("[", "("),
        ("]", ")"),
        (" x ", " * "),
        ("^", "**"),
        ("2 ** -(", "2 ** -1 ** 1 * ("),
    ):
        formula = formula.replace(printed, python)
    return eval(formula.replace("2 ** -1 ** 1 * (", "2 ** -("), {"__builtins__": {}}, NAMES)


def close(value):
    return pytest.approx(value, rel=1e-9, abs=1e-9)
