"""From a raw value to the value an indicator is judged by (heat.md 2)."""
