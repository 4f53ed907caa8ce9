"""feed: stories of RSS, Atom and RDF feeds."""
