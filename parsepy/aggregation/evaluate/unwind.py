"""`$unwind`: a document for each element of a list."""

from collections.abc import Iterator

from parsepy.aggregation.evaluate.expressions import Scope
from parsepy.aggregation.evaluate.paths import parts_of, replaced
from parsepy.aggregation.evaluate.stages import Stage
from parsepy.aggregation.evaluate.values import Document, fail, is_object, type_name
from parsepy.types import MISSING, JSONValue


def unwind(spec: JSONValue, _scope: Scope) -> Stage:
    path, index, keep = _unwind_spec(spec)
    parts = parts_of(path)

    def split(document: Document) -> Iterator[Document]:
        value = document.get(parts[0], MISSING)
        for part in parts[1:]:
            value = value.get(part, MISSING) if is_object(value) else MISSING
        if isinstance(value, list) and value:
            for place, item in enumerate(value):
                yield _numbered(replaced(document, parts, item), index, place)
        elif isinstance(value, list):
            if keep:
                yield _numbered(replaced(document, parts, MISSING), index, None)
        elif keep or (value is not None and value is not MISSING):
            yield _numbered(document, index, None)

    return lambda documents, _variables: (
        part for document in documents for part in split(document)
    )


def _unwind_spec(spec: JSONValue) -> tuple[str, tuple[str, ...] | None, bool]:
    given: JSONValue = {"path": spec} if isinstance(spec, str) else spec
    if not is_object(given):
        fail(
            "expected either a string or an object as specification for $unwind stage, got"
            f" {type_name(given)}"
        )
    for key in given:
        if key not in ("path", "includeArrayIndex", "preserveNullAndEmptyArrays"):
            fail(f"unrecognized option to $unwind stage: {key}")
    path, index = given.get("path"), given.get("includeArrayIndex")
    keep = given.get("preserveNullAndEmptyArrays", False)
    if "path" not in given:
        fail("no path specified to $unwind stage")
    if not isinstance(path, str):
        fail("expected a string as the path for $unwind stage")
    if not path.startswith("$"):
        fail(f"path option to $unwind stage should be prefixed with a '$': {path}")
    if not isinstance(keep, bool):
        fail("expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage")
    if index is None:
        return path[1:], None, keep
    if not isinstance(index, str) or not index or index.startswith("$"):
        fail("expected a non-empty string without $ for the includeArrayIndex option to $unwind")
    return path[1:], parts_of(index), keep


def _numbered(document: Document, index: tuple[str, ...] | None, place: int | None) -> Document:
    return document if index is None else replaced(document, index, place)
