"""Who can do what a role does not allow: told to those who ask for a page that is not theirs."""

from sqlalchemy.orm import Session

from monitor.domain.person import Role
from monitor.storage import people


def admins(session: Session) -> tuple[str, ...]:
    """Return the names of the admins whose accounts are enabled, an address where there is no name."""
    found = people.find_all(session)
    return tuple(each.name or each.email for each in found if each.role is Role.ADMIN and each.is_enabled)
