"""The brief: the four answers about a subject, each sentence bound to its figures."""
