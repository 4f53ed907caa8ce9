"""sql: one read-only query."""
