"""prometheus: queries of its HTTP API."""
