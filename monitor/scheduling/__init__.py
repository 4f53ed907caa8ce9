"""When services run: fixed ticks that drain what is due, and wake-ups that make it prompt."""
