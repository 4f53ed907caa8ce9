"""acled: events of ACLED."""
