"""Heatwatch: a self-hosted watch desk for risk indicators."""

__version__ = "0.1.0"
