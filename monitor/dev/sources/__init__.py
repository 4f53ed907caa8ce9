"""Stand-ins of the world's sources, one module each: the documented formats, spoken on this machine."""
