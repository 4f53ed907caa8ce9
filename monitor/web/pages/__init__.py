"""One module a page; each has its own blueprint."""

from monitor.web.pages import clock, entry, sign_in

PAGES = (sign_in.page, entry.page, clock.page)
