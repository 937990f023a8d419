"""Files beside an SQLite database: small ones in an index of all, large ones on the disk."""

from parsepy.files.embedded.store import EmbeddedFiles

__all__ = ["EmbeddedFiles"]
