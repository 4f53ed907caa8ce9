"""One module a page; each has its own blueprint."""

from monitor.web.pages import alerts, board, brief, clock, entry, sign_in, subject

PAGES = (board.page, subject.page, alerts.page, brief.page, sign_in.page, entry.page, clock.page)
