"""The indexes that the server makes by itself: neither the schema API nor definitions own them."""

import re
from typing import Final

from parsepy.schema.classes import ClassSchema

_ALWAYS: Final = frozenset(("_id_",))
_OF_CLASS: Final = {
    "_User": frozenset(
        "username_1 case_insensitive_username case_insensitive_email email_1"
        " _email_verify_token _perishable_token".split()
    ),
    "_Role": frozenset(("name_1",)),
    "_Session": frozenset(("session_token", "session_user")),
    "_Idempotency": frozenset(("reqId_1", "ttl")),
}
_AUTH_DATA: Final = re.compile(r"_auth_data_\w+_id")


def is_server_index(class_name: str, name: str) -> bool:
    if name in _ALWAYS or name in _OF_CLASS.get(class_name, ()):
        return True
    return class_name == "_User" and _AUTH_DATA.fullmatch(name) is not None


def automatic_indexes(schema: ClassSchema) -> frozenset[str]:
    """Names of indexes that a field's type or the first query for it makes, where there are any."""
    kinds = {"Polygon": ("2dsphere",), "GeoPoint": ("2d", "2dsphere"), "String": ("text",)}
    return frozenset(
        f"{field}_{kind}"
        for field, type_ in schema.types.items()
        for kind in kinds.get(type_.name, ())
    )
