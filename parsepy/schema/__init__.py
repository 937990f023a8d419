"""Classes and their fields: what exists, what may be written, how it changes."""
