"""Examining a database without changing it (`parsepy doctor`)."""
