"""The one guarded way out, for sources and channels."""
