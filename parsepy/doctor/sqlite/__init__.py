"""A file of parsepy's embedded store."""
