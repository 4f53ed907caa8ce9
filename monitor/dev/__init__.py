"""Stand-ins for the world: what rehearsals and tests send to."""
