"""Gather what a brief is written from."""
