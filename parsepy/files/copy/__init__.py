"""Copying stored files from one store to another (`parsepy files copy`)."""
