"""The MongoDB store, in parse-server's layout (storage-mongodb sheet): an existing database of
parse-server works under it in place, and can go back."""

from parsepy.storage.mongodb.adapter import MongoStorage

__all__ = ["MongoStorage"]
