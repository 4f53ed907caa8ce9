"""What formulas and members of a pack say about each other: operands that are not there, circles."""

from collections.abc import Iterator, Mapping, Sequence

from monitor.domain.derivations.derived import circle_in
from monitor.domain.derivations.formula import Formula, FormulaError
from monitor.domain.problem import Problem
from monitor.packs.indicator_shapes import IndicatorTable
from monitor.packs.nearest import nearest
from monitor.packs.subject_shapes import SubjectTable
from monitor.packs.toml_files import RawTable


def formula_problems(
    raw: RawTable, table: IndicatorTable, *, known: Sequence[str], tables: Mapping[str, IndicatorTable]
) -> Iterator[Problem]:
    """Yield every operand that is no indicator, and the circle the formula is part of."""
    formula = _formula(table)
    if formula is None:
        return
    for name in formula.operands:
        slug = name.partition(":")[0]
        if slug not in known:
            hint = "; a minus between names has spaces around it" if "-" in slug else ""
            message = str(formula.fault(name, f"no indicator {slug!r}{hint}"))
            yield raw.problem(message, key="formula", expected=nearest(slug, known))
        elif slug in tables and tables[slug].is_forecast:
            message = f"{slug} is a forecast, which nothing is reckoned from"
            yield raw.problem(message, key="formula", expected="what was observed")
    links = {slug: _operands(each) for slug, each in tables.items()}
    circle = circle_in(links, table.slug)
    if circle:
        yield raw.problem(f"leads back to itself: {' -> '.join(circle)}", key="formula")


def member_problems(
    raw: RawTable, table: SubjectTable, *, known: Sequence[str], tables: Mapping[str, SubjectTable]
) -> Iterator[Problem]:
    """Yield every member that is no subject or is there twice, and the circle the subject is part of."""
    for driver in table.driver:
        members = [member.subject for member in driver.member]
        for slug in dict.fromkeys(members):
            at = f"driver.{driver.slug}.member.{slug}.subject"
            if slug not in known:
                yield raw.problem(f"no subject {slug!r}", key=at, expected=nearest(slug, known))
            if members.count(slug) > 1:
                yield raw.problem("is a member twice of one driver", key=at)
    links = {
        slug: [member.subject for driver in each.driver for member in driver.member]
        for slug, each in tables.items()
    }
    circle = circle_in(links, table.slug)
    if circle:
        yield raw.problem(f"is a member of itself: {' -> '.join(circle)}", key="driver")


def _formula(table: IndicatorTable) -> Formula | None:
    try:
        return None if table.formula is None else Formula(text=table.formula)
    except FormulaError:
        return None


def _operands(table: IndicatorTable) -> list[str]:
    formula = _formula(table)
    return [] if formula is None else [name.partition(":")[0] for name in formula.operands]
