"""Boundaries and names of regions that packs bring: what lies where, and by what code it is called."""
