"""`$text`: from its JSON to the tree, with the reference's errors."""

from parsepy import errors
from parsepy.query import tree
from parsepy.query.tree import Path
from parsepy.types import JSONObject, JSONValue


def text(path: Path, constraint: JSONObject) -> tree.Text:
    """Raises 107."""
    given = constraint["$text"]
    search = given.get("$search") if isinstance(given, dict) else None
    if isinstance(search, list):
        # JavaScript's view: a list is an object, without a term.
        search = {}
    if not isinstance(search, dict):
        raise _bad("$search", "object")
    term = search.get("$term")
    if not isinstance(term, str) or not term:
        raise _bad("$term", "string")
    language = search.get("$language")
    if _is_given(language) and not isinstance(language, str):
        raise _bad("$language", "string")
    return tree.Text(
        path,
        term,
        language if isinstance(language, str) and language else None,
        _flag(search, "$caseSensitive"),
        _flag(search, "$diacriticSensitive"),
    )


def _flag(search: JSONObject, key: str) -> bool:
    value = search.get(key)
    if _is_given(value) and not isinstance(value, bool):
        raise _bad(key, "boolean")
    return value is True


def _is_given(value: JSONValue) -> bool:
    """Truth as JavaScript sees it: an empty list or object is true."""
    return isinstance(value, list | dict) or bool(value)


def _bad(key: str, kind: str) -> errors.ParseError:
    return errors.invalid_json(f"bad $text: {key}, should be {kind}")
