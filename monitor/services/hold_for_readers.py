"""Hold for readers: what was formed within someone's quiet hours, or goes in their digest, is sent later."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.rota import Rota
from monitor.domain.alerting.subscription import Hold, Subscription
from monitor.storage import arrangements, holding


def hold_for_readers(session: Session, notification_ids: Collection[int], *, now: datetime) -> int:
    """Keep what its readers want later, of what these notifications formed; count it.

    What they want at once takes along what was kept before it of the same alert. Whoever is on duty now is
    spared nothing.
    """
    wishes = {each.value.slug: each.value for each in arrangements.find_all(session, Subscription)}
    wishes = {slug: each for slug, each in wishes.items() if each.quiet or each.digest}
    if not notification_ids or not wishes:
        return 0
    for rota in arrangements.find_all(session, Rota):
        for person in rota.value.on_duty(now):
            wishes.pop(person, None)
    holds: dict[str, Hold] = {}
    at_once: list[str] = []
    for each in holding.fresh(session, notification_ids):
        wish = wishes.get(each.recipient)
        found = None if wish is None else wish.hold(each.concern, at=now)
        if found is None:
            at_once.append(each.id)
        else:
            holds[each.id] = found
    holding.hold(session, holds)
    holding.let_go(session, at_once, now=now)
    return len(holds)
