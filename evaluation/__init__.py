"""How well the default rules warn of rising violence, month by month as it was known then."""
