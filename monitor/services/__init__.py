"""Verbs: one use case a file."""
