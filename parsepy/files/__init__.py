"""Uploaded files: what may be stored under which name, and where their bytes are."""
