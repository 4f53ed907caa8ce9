"""Nouns and rules: pure values and functions, no clock, no database, no network."""
