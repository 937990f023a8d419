"""Find parameters as the JSON of a query, as triggers and webhooks see it, and back."""

from typing import Final

from msgspec.structs import replace

from parsepy.protocol.find_parameters import FindParameters, KeyPath, decode_find
from parsepy.types import JSONMapping, JSONObject

TAKEN_OVER: Final = (
    "where limit skip include excludeKeys explain keys order hint comment"
    " readPreference includeReadPreference subqueryReadPreference"
).split()
"""What a changed query may change; a value that is empty changes nothing (observed)."""


def as_json(parameters: FindParameters) -> JSONObject:
    """`{"where": …, "limit": 100, "order": "-score"}`: what is not asked for is left out."""
    selection, preferences = parameters.selection, parameters.read_preferences
    order = ",".join(f"{'-' if down else ''}{key}" for key, down in parameters.order)
    found: JSONObject = {
        "where": parameters.where,
        "limit": parameters.limit if isinstance(parameters.limit, int) else None,
        "skip": parameters.skip,
        "order": order,
        "keys": None if selection.keys is None else _listed(selection.keys),
        "excludeKeys": _listed(selection.exclude_keys),
        "include": "*" if selection.include_all else _listed(selection.include),
        "hint": parameters.hint,
        "comment": parameters.comment,
        "explain": parameters.explain,
        "readPreference": preferences.objects,
        "includeReadPreference": preferences.includes,
        "subqueryReadPreference": preferences.subqueries,
    }
    return {
        name: value
        for name, value in found.items()
        if value or name == "where" or (name == "limit" and value == 0)
    }


def changed(parameters: FindParameters, query: JSONMapping) -> FindParameters:
    """`parameters` with what `query` says instead. Raises 102, 105, 107."""
    known = as_json(parameters)
    asked = {name: query[name] for name in TAKEN_OVER if query.get(name)}
    decoded = decode_find({**known, **asked})
    return replace(
        decoded,
        # A limit that was no number is none, which JSON does not tell from one not given.
        limit=decoded.limit if "limit" in asked else parameters.limit,
        count=parameters.count,
        redirect_key=parameters.redirect_key,
    )


def _listed(paths: tuple[KeyPath, ...]) -> str:
    return ",".join(".".join(path) for path in paths)
