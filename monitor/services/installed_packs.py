"""Which packs are installed."""

from sqlalchemy.orm import Session

from monitor.domain.pack import PackEdition
from monitor.storage import definitions


def installed_packs(session: Session) -> list[PackEdition]:
    """Return the edition of every installed pack, by slug."""
    return definitions.find_all(session, PackEdition)
