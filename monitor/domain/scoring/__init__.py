"""From observations to pressures, heat, coverage and levels (heat.md 1, 4 to 6)."""
