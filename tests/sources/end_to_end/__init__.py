"""Sources from end to end: the worker's own path, over real HTTP, to the stand-ins on this machine."""
