"""One module a page; each has its own blueprint."""

from monitor.web.pages import (
    alerts,
    audit,
    board,
    brief,
    clock,
    clocks,
    entry,
    index,
    quarantine,
    revisions,
    rules,
    series,
    sign_in,
    silences,
    sources,
    subject,
)

PAGES = (
    board.page,
    subject.page,
    audit.page,
    index.page,
    series.page,
    quarantine.page,
    sources.page,
    clocks.page,
    revisions.page,
    alerts.page,
    silences.page,
    rules.page,
    brief.page,
    sign_in.page,
    entry.page,
    clock.page,
)
