"""ucdp: the Georeferenced Event Dataset of UCDP."""
