"""Benchmarks: what Heatwatch does, timed against a plain baseline in the same process and hour."""
