"""An update, applied to the object in memory: all of it, or an error and none of it is kept."""

from parsepy.protocol.operations import Changes, SetValue, apply, apply_at_path, check_paths
from parsepy.types import MISSING, Missing, ParseObject


def apply_changes(document: ParseObject, changes: Changes) -> None:
    """Changes `document` in place. Raises 111 for a misfit, 107 for two of one place.

    The values of `changes` become part of the document and are not changed themselves.
    """
    check_paths(changes)
    for path, operation in changes.items():
        if "." in path:
            apply_at_path(document, path, operation)
        elif isinstance(operation, SetValue):
            document[path] = operation.value
        else:
            result = apply(operation, document.get(path, MISSING))
            if isinstance(result, Missing):
                document.pop(path, None)
            else:
                document[path] = result
