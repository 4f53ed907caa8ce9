"""What the templates of the map call."""

from typing import Any

from monitor.domain.months import month_words, months_words
from monitor.render.map_drawing import MAP_PHONE, MAP_WIDE, map_drawing, told_words
from monitor.render.map_legend import count_legend, indicator_legend
from monitor.render.map_strip import month_bars

MAP_WORDS: dict[str, Any] = {
    "MAP_WIDE": MAP_WIDE,
    "MAP_PHONE": MAP_PHONE,
    "map_drawing": map_drawing,
    "told_words": told_words,
    "count_legend": count_legend,
    "indicator_legend": indicator_legend,
    "month_bars": month_bars,
    "month_words": month_words,
    "months_words": months_words,
}
