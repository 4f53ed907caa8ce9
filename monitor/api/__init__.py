"""JSON in and out, for programs that show a token."""
