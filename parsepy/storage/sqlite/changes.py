"""An update, applied to the object in memory: all of it, or an error and none of it is kept."""

from parsepy import errors
from parsepy.protocol.operations import Changes, SetValue, apply, apply_at_path
from parsepy.types import MISSING, Missing, ParseObject


def apply_changes(document: ParseObject, changes: Changes) -> None:
    """Changes `document` in place. Raises 111 for a misfit, 107 for two of one place.

    The values of `changes` become part of the document and are not changed themselves.
    """
    for path, operation in changes.items():
        if "." in path:
            _refuse_conflict(path, changes)
            apply_at_path(document, path, operation)
        elif isinstance(operation, SetValue):
            document[path] = operation.value
        else:
            result = apply(operation, document.get(path, MISSING))
            if isinstance(result, Missing):
                document.pop(path, None)
            else:
                document[path] = result


def _refuse_conflict(path: str, changes: Changes) -> None:
    # As MongoDB: what happened to `map` and to `map.a` at once would hang on their order.
    above = path
    while "." in above:
        above = above.rpartition(".")[0]
        if above in changes:
            raise errors.invalid_json("One update cannot change both a field and a part of it.")
