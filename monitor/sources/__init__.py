"""Ways to fetch readings from the world, one file a kind."""
