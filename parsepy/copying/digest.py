"""Checksums: the same for objects that are the same, for classes in whatever order they come."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import orjson

from parsepy.protocol import acl
from parsepy.types import JSONObject, ParseObject

_SIZE: Final = 16
_MODULUS: Final = 1 << 8 * _SIZE


def digest_of(document: ParseObject) -> bytes:
    """Of every value with the order of keys inside it; not of the order of fields."""
    return blake2b(orjson.dumps(_comparable(document)), digest_size=_SIZE).digest()


@dataclass(slots=True)
class Total:
    """Count and checksum of a class. A sum, since an exclusive or would not see a pair."""

    count: int = 0
    checksum: int = 0

    def add(self, documents: Iterable[ParseObject]) -> None:
        for document in documents:
            self.add_digest(digest_of(document))

    def add_digest(self, digest: bytes) -> None:
        self.count += 1
        self.checksum = (self.checksum + int.from_bytes(digest)) % _MODULUS


def _comparable(document: ParseObject) -> JSONObject:
    fields = {name: document[name] for name in sorted(document)}
    access = fields.get("ACL")
    if isinstance(access, dict):
        # Stores keep two lists, in which who may do what has no common order.
        readers, writers = acl.to_lists(access)
        fields["ACL"] = [[*sorted(readers)], [*sorted(writers)]]
    providers = fields.get("authData")
    if isinstance(providers, dict):
        fields["authData"] = {name: providers[name] for name in sorted(providers)}
    return fields
