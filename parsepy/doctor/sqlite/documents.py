"""What is wrong with one object of the embedded store."""

from collections.abc import Iterator, Mapping
from typing import Final

from parsepy.doctor import password_hashes
from parsepy.doctor.base import Problem, Severity
from parsepy.errors import ParseError
from parsepy.protocol.field_types import FieldType, type_of
from parsepy.schema.classes import COMMON_COLUMNS, ClassSchema
from parsepy.storage.base import INTERNAL_DATE_COLUMNS
from parsepy.types import JSONValue, ParseObject

_INTERNAL: Final = INTERNAL_DATE_COLUMNS | frozenset(
    (
        "_hashed_password _email_verify_token _perishable_token _password_history _tombstone"
        " _failed_login_count sessionToken"
    ).split()
)


class ObjectCheck:
    """Of the objects of one class."""

    def __init__(self, schema: ClassSchema) -> None:
        self._schema = schema

    def problems(self, document: ParseObject) -> Iterator[Problem]:
        object_id = str(document["objectId"])
        for severity, message, advice in self._complaints(document):
            yield Problem(object_id, severity, message, advice)
        if self._schema.name == "_User":
            history = document.get("_password_history")
            earlier = history if isinstance(history, list) else []
            for hashed in (document.get("_hashed_password"), *earlier):
                found = password_hashes.problem_of(object_id, hashed)
                if found is not None:
                    yield found
                    break

    def _complaints(self, document: Mapping[str, JSONValue]) -> Iterator[tuple[Severity, str, str]]:
        for field in self._schema.required:
            if document.get(field) is None:
                yield (
                    Severity.WARNING,
                    f"required field {field} is missing",
                    "The next write that leaves it out is refused: give it a value.",
                )
        for field, value in document.items():
            type_ = self._schema.type_of(field)
            if field in COMMON_COLUMNS or value is None:
                continue
            if type_ is None:
                yield from _unknown(field)
            elif not _fits(type_, value):
                yield (
                    Severity.ERROR,
                    f"{field} holds a value that is no {type_}",
                    "Apps that trust the schema fail on it: set the field again, or delete it.",
                )


def _unknown(field: str) -> Iterator[tuple[Severity, str, str]]:
    if field not in _INTERNAL:
        yield (
            Severity.WARNING,
            f"field {field:.60} is in no schema",
            "Answers show it, queries and writes do not know its type: add it through the schema"
            " API, or delete it.",
        )


def _fits(type_: FieldType, value: JSONValue) -> bool:
    try:
        found = type_of(value)
    except ParseError:
        # A map may call itself a type that there is not.
        return type_.name == "Object" and isinstance(value, dict)
    return found == type_
