"""One episode: why it fired, everything that happened, and who was told."""
