"""Searching everything a person may see: names of what is defined, and the newest of what grows."""
