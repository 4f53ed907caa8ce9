"""The database and nothing else: rows, sessions, one module of functions a collection."""
