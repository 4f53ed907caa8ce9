"""How far an index can be trusted: redundancy, leave one out, other weights (COINr's audit)."""
