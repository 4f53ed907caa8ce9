"""A heat written out so that anybody can reckon it again."""
