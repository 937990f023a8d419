"""What a process remembers for a while, and how it learns that it must not any longer."""

from parsepy.cache.changes import Changes, Relay
from parsepy.cache.entries import Cache
from parsepy.cache.marks import Marks, PrivateMarks

__all__ = ["Cache", "Changes", "Marks", "PrivateMarks", "Relay"]
