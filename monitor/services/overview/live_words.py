"""What a page that is open says when something moved: for screen readers, and beside a sound."""

from monitor.domain.alerting.data_quality import NAMES
from monitor.domain.live import News, WentCritical
from monitor.domain.wording import say


def sentence(news: News) -> str:
    """Return one sentence about what happened."""
    if isinstance(news, WentCritical):
        alert = news.rule_name or say(NAMES.get(news.rule, news.rule))
        if not news.subject_name:
            return say("Critical: {alert}.", alert=alert)
        return say("Critical: {alert}, {subject}.", alert=alert, subject=news.subject_name)
    if not news.to_level:
        return say("{subject} has no level any more.", subject=news.subject_name)
    level = say(news.to_level)
    if news.to_concern is None:
        return say("{subject} is {level}.", subject=news.subject_name, level=level)
    concern = news.to_concern.said
    if not news.from_level:
        return say(
            "{subject} is {level}, {concern}.", subject=news.subject_name, level=level, concern=concern
        )
    return say(
        "{subject} is {level}, {concern}; it was {before}.",
        subject=news.subject_name, level=level, concern=concern, before=say(news.from_level),
    )  # fmt: skip
