"""What templates of pages may call: numbers and dates in words, and every picture."""

from datetime import date, datetime

from jinja2 import Environment

from monitor.domain import spoken
from monitor.domain.chart import hue
from monitor.domain.clock import moment
from monitor.domain.scale import AlarmingEnd, Concern
from monitor.domain.subject_kind import kind_said
from monitor.domain.wording import say, say_many, tongue
from monitor.render.heat_chart import PHONE, SHEET, WIDE, heat_chart
from monitor.render.held_strip import held_strip
from monitor.render.incident_map import incident_map
from monitor.render.map_words import MAP_WORDS
from monitor.render.marks import FILTERS as MARKS
from monitor.render.marks import concern_key
from monitor.render.momentum import momentum_chart
from monitor.render.page_words import cause_said, defined_said, method_said, smoothing_said
from monitor.render.period_bars import STRIP_PHONE, STRIP_WIDE, period_bars
from monitor.render.region_map import region_map
from monitor.render.rule_chart import rule_chart
from monitor.render.script_words import script_words
from monitor.render.series_chart import SERIES_PHONE, SERIES_WIDE, series_chart
from monitor.render.span_drawing import span_drawing
from monitor.render.strip import strip
from monitor.render.surety import confidence_said
from monitor.render.template_words import as_it_is_read, template_say, template_say_many
from monitor.render.times import ago, local_time, when
from monitor.render.waterfall import waterfall

FILTERS = {
    "number": spoken.number,
    "plain": spoken.plain,
    "signed": spoken.signed,
    "percent": spoken.percent,
    "day": spoken.day,
    "long_day": spoken.long_day,
    "weekday": spoken.weekday,
    "clock": spoken.clock,
    "moment": spoken.at,
    "age": spoken.age,
    "capital": spoken.capital,
    "lowered": spoken.lowered,
}


def install(environment: Environment) -> None:
    """Give an environment the filters and pictures; twice does no harm."""
    environment.filters.update(FILTERS | MARKS)
    environment.finalize = as_it_is_read
    environment.globals.update(
        hue=hue,
        say=template_say,
        say_many=template_say_many,
        tongue=tongue,
        script_words=script_words,
        concern_key=concern_key,
        confidence_said=confidence_said,
        cause_said=cause_said,
        count=spoken.count,
        spread=spoken.spread,
        listed=lambda items: spoken.listed(list(items)),
        when=when,
        ago=ago,
        local_time=local_time,
        parted=lambda items: spoken.parted(list(items)),
        smoothing_said=smoothing_said,
        method_said=method_said,
        defined_said=defined_said,
        Concern=Concern,
        AlarmingEnd=AlarmingEnd,
        span_drawing=span_drawing,
        heat_chart=heat_chart,
        momentum_chart=momentum_chart,
        series_chart=series_chart,
        rule_chart=rule_chart,
        SERIES_WIDE=SERIES_WIDE,
        SERIES_PHONE=SERIES_PHONE,
        strip_chart=strip,
        held_strip=held_strip,
        waterfall=waterfall,
        region_map=region_map,
        incident_map=incident_map,
        period_bars=period_bars,
        **MAP_WORDS,
        STRIP_WIDE=STRIP_WIDE,
        STRIP_PHONE=STRIP_PHONE,
        WIDE=WIDE,
        PHONE=PHONE,
        SHEET=SHEET,
        counted=counted,
        kind_said=kind_said,
        cadence=spoken.cadence,
        clipped=spoken.clipped,
        period_words=period_words,
        spoken_period=spoken.period,
        moment_of=moment,
        period_day=period_day,
        day_of=day_of,
    )


def counted(counts: dict[Concern | None, int]) -> str:
    """4 critical, 3 high, 1 unknown: only what there is, the worst first; calm ones only if nothing else."""
    told = {concern: _counted(concern, number) for concern, number in counts.items() if number}
    worrying = [words for concern, words in told.items() if concern not in {Concern.NORMAL, Concern.WATCH}]
    calm = [words for concern, words in told.items() if concern is not None]
    return ", ".join(worrying or calm) or say("No subjects")


def _counted(concern: Concern | None, number: int) -> str:
    match concern:
        case Concern.CRITICAL:
            return say_many("{n} critical", "{n} critical", number)
        case Concern.HIGH:
            return say_many("{n} high", "{n} high", number)
        case Concern.ELEVATED:
            return say_many("{n} elevated", "{n} elevated", number)
        case Concern.WATCH:
            return say_many("{n} watch", "{n} watch", number)
        case Concern.NORMAL:
            return say_many("{n} normal", "{n} normal", number)
    return say_many("{n} unknown", "{n} unknown", number)


def period_words(start: int, end: int) -> str:
    """The name of a period given in epoch seconds."""
    return spoken.period(moment(start), moment(end))


def period_day(at: int) -> date:
    """The day of an epoch second."""
    return moment(at).date()


def day_of(value: datetime | date) -> date:
    """The day of a moment."""
    return value.date() if isinstance(value, datetime) else value
