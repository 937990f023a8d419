"""The type names that the rooms of this adapter share."""

from typing import Any, TypeAlias

from pymongo.asynchronous.collection import AsyncCollection

Document: TypeAlias = dict[str, Any]
"""A BSON document as the driver takes and gives it; its values are no JSON."""

Collection: TypeAlias = AsyncCollection[Document]
