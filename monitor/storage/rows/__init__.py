"""Typed rows, one file a group of tables; they never leave storage."""
