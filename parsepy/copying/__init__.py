"""Copying a whole app from one store to another (`parsepy copy`)."""
