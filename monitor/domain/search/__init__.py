"""Searching by words: folded, by prefix, with a slip of the finger forgiven; the closest first."""
