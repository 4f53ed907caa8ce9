"""Series that are reckoned from others: formulas, counts, events, members, filled gaps."""
