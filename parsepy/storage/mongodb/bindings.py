"""What is worked out once per class and used by every operation on it."""

from typing import Final
from weakref import WeakKeyDictionary

from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.decode import Decoder
from parsepy.storage.mongodb.documents import Collection
from parsepy.storage.mongodb.encode import Encoder


class Binding:
    """A class's collection, column names and coders."""

    __slots__ = ("collection", "columns", "decode", "encode")

    def __init__(self, schema: ClassSchema, collection: Collection) -> None:
        self.collection: Final = collection
        self.columns: Final = Columns(schema)
        self.encode: Final = Encoder(schema, self.columns).encode
        self.decode: Final = Decoder(schema, self.columns).decode


class Bindings:
    """The bindings in use. Each goes with its schema, which is replaced when the class changes."""

    __slots__ = ("_bindings", "_connection")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bindings: WeakKeyDictionary[ClassSchema, Binding] = WeakKeyDictionary()

    def of(self, schema: ClassSchema) -> Binding:
        binding = self._bindings.get(schema)
        if binding is None:
            binding = Binding(schema, self._connection.collection(schema.name))
            self._bindings[schema] = binding
        return binding

    def clear(self) -> None:
        self._bindings.clear()
