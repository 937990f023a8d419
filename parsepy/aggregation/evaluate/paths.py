"""Field paths of expressions: how they read a document, and how a stage writes along one."""

from collections.abc import Sequence

from parsepy.aggregation.evaluate.values import Document, Value, fail, is_object
from parsepy.types import MISSING, JSONValue, Missing


def parts_of(path: str) -> tuple[str, ...]:
    """Raises 102 for a path that MongoDB does not take."""
    parts = tuple(path.split("."))
    for part in parts:
        if not part:
            fail("FieldPath must not end with a '.' and must not have empty parts.")
        if part.startswith("$"):
            fail("FieldPath field names may not start with '$'. Consider using $getField.")
        if "\0" in part:
            fail("FieldPath field names may not contain '\\0'.")
    return parts


def read(value: Value, parts: Sequence[str]) -> Value:
    """What an expression's path reaches; below a list it is the list of what is reached."""
    for place, part in enumerate(parts):
        if type(value) is list:
            rest = parts[place:]
            found = (read(item, rest) for item in value if is_object(item))
            return [item for item in found if not isinstance(item, Missing)]
        if not is_object(value):
            return MISSING
        value = value.get(part, MISSING)
    return value


def written(value: Value, parts: Sequence[str], given: Value) -> JSONValue:
    """`value` with `given` at the path: every element of a list gets it, a scalar gives way."""
    if type(value) is list:
        return [written(item, parts, given) for item in value]
    document: Document = dict(value) if is_object(value) else {}
    name, rest = parts[0], parts[1:]
    if rest:
        document[name] = written(document.get(name, MISSING), rest, given)
    elif isinstance(given, Missing):
        document.pop(name, None)
    else:
        document[name] = given
    return document


def put(document: Document, parts: Sequence[str], given: Value) -> Document:
    """The document with `given` at the path; nothing given removes what is there."""
    changed = written(document, parts, given)
    assert isinstance(changed, dict)
    return changed


def replaced(document: Document, parts: Sequence[str], given: Value) -> Document:
    """As `put`, for one place below objects only: what `$unwind` writes."""
    name, rest = parts[0], parts[1:]
    changed = dict(document)
    child = changed.get(name, MISSING)
    if rest:
        changed[name] = replaced(child if is_object(child) else {}, rest, given)
    elif isinstance(given, Missing):
        changed.pop(name, None)
    else:
        changed[name] = given
    return changed
