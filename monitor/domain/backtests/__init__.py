"""What rules and drafts would have done on history as it was known then (heat.md 9)."""
