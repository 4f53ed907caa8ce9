"""Ways to send a message to the world, one file a kind."""
