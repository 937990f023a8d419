"""What is wrong with one document (storage-mongodb sheet, sections 3 to 5 and 19)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from bson import DatetimeMS, ObjectId

from parsepy.doctor import password_hashes
from parsepy.doctor.base import Problem, Severity
from parsepy.doctor.mongodb.values import fits, kind
from parsepy.protocol import dates
from parsepy.protocol.field_types import FieldType
from parsepy.schema.classes import COMMON_COLUMNS, ClassSchema
from parsepy.storage.mongodb.columns import (
    ACL_COLUMN,
    AUTH_PREFIX,
    POINTER_PREFIX,
    READ_COLUMN,
    WRITE_COLUMN,
    Columns,
)
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.left_out import OWN_COLUMNS

_OTHER_IDS: Final = frozenset(("_Hooks", "_GlobalConfig", "_GraphQLConfig"))
_TIMES: Final = ("_created_at", "_updated_at")
_UNTIMED: Final = _OTHER_IDS


class DocumentCheck:
    """Of the documents of one class."""

    def __init__(self, schema: ClassSchema) -> None:
        self._schema = schema
        columns = Columns(schema)
        self._pointers = {columns.of(field): field for field in columns.pointers}
        self._types = {
            columns.of(field): type_
            for field, type_ in schema.types.items()
            if field not in COMMON_COLUMNS and type_.name not in ("Pointer", "Relation")
        }
        self._is_user = columns.holds_auth_data
        if self._is_user:
            self._types.pop("authData", None)

    def problems(self, document: Document) -> Iterator[Problem]:
        object_id = str(document.get("_id"))
        for severity, message, advice in self._complaints(document):
            yield Problem(object_id, severity, message, advice)
        if self._is_user:
            history = document.get("_password_history")
            earlier = history if isinstance(history, list) else []
            for hashed in (document.get("_hashed_password"), *earlier):
                found = password_hashes.problem_of(object_id, hashed)
                if found is not None:
                    yield found
                    break

    def _complaints(self, document: Document) -> Iterator["_Complaint"]:
        yield from self._id(document["_id"])
        yield from _access(document)
        if self._schema.name not in _UNTIMED:
            yield from _times(document)
        for field in self._schema.required:
            if _lacks(document, field):
                yield (
                    Severity.WARNING,
                    f"required field {field} is missing",
                    "The next write that leaves it out is refused: give it a value.",
                )
        for column, value in document.items():
            yield from self._column(column, value)

    def _id(self, value: Any) -> Iterator["_Complaint"]:
        if isinstance(value, str) or self._schema.name in _OTHER_IDS:
            return
        kind = "an ObjectId" if isinstance(value, ObjectId) else f"of type {type(value).__name__}"
        yield (
            Severity.ERROR,
            f"_id is {kind}, not text",
            "No request for the object by its id finds it: insert it again under a text.",
        )

    def _column(self, column: str, value: Any) -> Iterator["_Complaint"]:
        type_ = self._types.get(column)
        if type_ is not None:
            yield from _typed(column, type_, value)
        elif column in self._pointers:
            yield from self._pointer(self._pointers[column], value)
        elif column.startswith(POINTER_PREFIX):
            yield (
                Severity.WARNING,
                f"column {column} belongs to no Pointer field of the schema",
                "No answer shows it: add the field through the schema API, or unset the column.",
            )
        elif self._is_user and column.startswith(AUTH_PREFIX):
            if value is not None and not isinstance(value, dict):
                yield _wrong_type(column, "Object", value)
        elif column[:1] == "_":
            if column not in OWN_COLUMNS:
                yield (
                    Severity.ERROR,
                    f"column {column:.60} is none of the server's",
                    "parse-server answers every query that meets it with an error: unset it.",
                )
        else:
            yield from self._unknown(column, value)

    def _unknown(self, column: str, value: Any) -> Iterator["_Complaint"]:
        if column in self._schema.pointers:
            if value is not None:
                yield (
                    Severity.WARNING,
                    f"pointer {column} stands in a column of its own name",
                    f"Servers read {POINTER_PREFIX}{column} alone: move the value there.",
                )
        elif column in ("createdAt", "updatedAt"):
            yield (
                Severity.NOTE,
                f"{column} stands in the column of an old layout",
                "Nothing to do: servers read it.",
            )
        elif column in self._schema.relations or column in ("objectId", "ACL", "authData"):
            yield (
                Severity.WARNING,
                f"column {column} is ignored by the servers",
                "No answer shows it: unset it.",
            )
        elif "." in column or "$" in column:
            yield (
                Severity.WARNING,
                f"column {column!r:.60} has a name that no query reaches",
                "Move its value into the object that the name means.",
            )
        elif column not in COMMON_COLUMNS:
            yield (
                Severity.WARNING,
                f"column {column:.60} is in no schema",
                "Answers show it, queries and writes do not know its type: add the field through"
                " the schema API, or unset the column.",
            )

    def _pointer(self, field: str, value: Any) -> Iterator["_Complaint"]:
        if value is None:
            return
        class_name, separator, object_id = (
            value.partition("$") if isinstance(value, str) else ("", "", "")
        )
        target = self._schema.pointers[field]
        if not separator or not object_id or object_id == "undefined":
            yield (
                Severity.ERROR,
                f"pointer {field} is malformed",
                f"It must read {target}$ and an object id: correct it, or unset it.",
            )
        elif class_name != target:
            yield (
                Severity.ERROR,
                f"pointer {field} points to {class_name:.60}, its field to {target}",
                "parse-server answers every query that meets it with an error: correct it.",
            )


_Complaint = tuple[Severity, str, str]


def _access(document: Document) -> Iterator[_Complaint]:
    for column in (READ_COLUMN, WRITE_COLUMN):
        value = document.get(column)
        if value is None:
            continue
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            yield (
                Severity.ERROR,
                f"{column} is no list of texts",
                "Who may use the object is not what its author meant: set its ACL again.",
            )
    if ACL_COLUMN in document and not {READ_COLUMN, WRITE_COLUMN} & document.keys():
        yield (
            Severity.WARNING,
            "_acl stands alone, without _rperm and _wperm",
            "The object is public, since servers read only these two: set its ACL again.",
        )


def _times(document: Document) -> Iterator[_Complaint]:
    for column in _TIMES:
        old = "createdAt" if column == "_created_at" else "updatedAt"
        value = document.get(column, document.get(old))
        if value is None:
            yield (
                Severity.WARNING,
                f"{column} is missing",
                "SDKs expect it in every object: set it to a date.",
            )
        elif not isinstance(value, datetime | DatetimeMS) and column in document:
            yield _wrong_type(column, "Date", value)


def _lacks(document: Document, field: str) -> bool:
    if field == "ACL":
        return READ_COLUMN not in document and WRITE_COLUMN not in document
    return document.get(field) is None and document.get(POINTER_PREFIX + field) is None


def _typed(column: str, type_: FieldType, value: Any) -> Iterator[_Complaint]:
    if fits(type_.name, value):
        return
    if type_.name == "Date" and isinstance(value, str) and dates.normalise(value) is not None:
        yield (
            Severity.WARNING,
            f"{column} holds a date as text",
            "Queries on the field miss it: store it as a BSON date.",
        )
        return
    yield _wrong_type(column, type_.name, value)


def _wrong_type(column: str, expected: str, value: Any) -> _Complaint:
    return (
        Severity.ERROR,
        f"{column} holds {kind(value)} instead of {expected}",
        "Apps that trust the schema fail on it: correct the value, or unset it.",
    )
