"""Shifts: the log of the desk, and what passes from one shift to the next."""
