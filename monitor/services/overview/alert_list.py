"""The inbox: every episode that is open, in hand, quiet or lately resolved."""
