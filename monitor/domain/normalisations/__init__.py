"""From an indicator's value to its pressure, and what is fitted for that (heat.md 3)."""
