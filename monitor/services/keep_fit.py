"""Keep the fit that stands here where a pack brings the same yardstick without one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.domain.indicator import Indicator, Normalisation
from monitor.domain.normalisations.relative import RelativeNormalisation
from monitor.domain.pack import Definition
from monitor.domain.placement import Placement
from monitor.storage.structure import from_json


def with_fit_of(
    value: Definition, body: dict[str, Any] | None, indicators: Mapping[str, Indicator]
) -> Definition:
    """Return a pack's definition with the fit of the stored body, where only that tells the two apart.

    A fit belongs to the desk: an edition that says nothing of it takes none away. A placement without a
    yardstick of its own may have got its indicator's, fitted to its own past.
    """
    if body is None:
        return value
    if isinstance(value, Indicator):
        here: Indicator | Placement = from_json(body, Indicator)
        return replace(
            value, normalisation=_kept(value.normalisation, here.normalisation) or value.normalisation
        )
    if isinstance(value, Placement):
        here = from_json(body, Placement)
        indicator = indicators.get(value.series.partition(":")[0])
        wanted = value.normalisation or (None if indicator is None else indicator.normalisation)
        kept = _kept(wanted, here.normalisation)
        return value if kept is None else replace(value, normalisation=kept)
    return value


def _kept(wanted: Normalisation | None, here: Normalisation | None) -> Normalisation | None:
    """Return what stands here if it is what is wanted, fitted."""
    if not isinstance(wanted, RelativeNormalisation) or not isinstance(here, RelativeNormalisation):
        return None
    is_same = wanted.fit is None and replace(here, fit=None) == wanted
    return here if is_same and here.fit is not None else None
