"""One module a page; each has its own blueprint."""

from monitor.web.pages import alerts, audit, board, brief, clock, entry, series, sign_in, subject

PAGES = (
    board.page,
    subject.page,
    audit.page,
    series.page,
    alerts.page,
    brief.page,
    sign_in.page,
    entry.page,
    clock.page,
)
