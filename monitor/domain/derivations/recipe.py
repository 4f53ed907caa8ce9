"""Recipes: a formula, and the formulas it rests on, down to the series that tell what is new."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.domain.derivations.carry import in_force
from monitor.domain.derivations.derived import Plan
from monitor.domain.derivations.formula import Formula
from monitor.domain.series import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Formulas with their operands' keys, each after those it reads; the last one's value is wanted.

    `leaves` are what they read that is no formula.
    """

    formulas: Mapping[str, tuple[Formula, Mapping[str, str]]] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()

    def reckon(self, leaves: Mapping[str, Columns]) -> Columns:
        """Return the rows that rows in force of the leaves give."""
        found = dict(leaves)
        for key, (formula, operands) in self.formulas.items():
            found[key] = in_force({name: found[one] for name, one in operands.items()}, formula.evaluate)
        return found[list(self.formulas)[-1]]


def recipe_of(plan: Plan, series: str) -> Recipe:
    """Return how a series is reckoned by formulas; without leaves where it is by none.

    One with gaps that are filled in stands for itself: what is filled in has causes of its own.
    """
    formulas = {each.key: (each.how, each.operands) for each in plan.derived if isinstance(each.how, Formula)}
    filled = {key for each in plan.filled for key in each.keys}
    wanted = [series]
    for key in wanted:
        if key in formulas:
            wanted += [operand for operand in formulas[key][1].values() if operand not in wanted]
    if series not in formulas or filled & set(wanted):
        return Recipe()
    return Recipe(
        # A plan lists each formula after those it reads, so that the one wanted comes last.
        formulas={key: each for key, each in formulas.items() if key in wanted},
        leaves=tuple(key for key in wanted if key not in formulas),
    )
