"""Why heat differs between two moments, as terms that add up exactly (heat.md 7)."""
