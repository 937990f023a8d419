"""What cloud code gives back, as it goes to clients."""

from parsepy import errors
from parsepy.cloud import values
from parsepy.types import JSONValue


def encoded(result: object, *, whole_objects: bool = True) -> JSONValue:
    """The wire's form. Raises 141 for what has none, with a text that says why."""
    try:
        return values.encode(result, whole_objects=whole_objects)
    except RecursionError:
        raise errors.script_failed("The value is too deeply nested, or contains itself.") from None
    except Exception as error:
        # Encoding asks values for their own form, and so runs code of the app.
        raise errors.script_failed(str(error) or type(error).__name__) from error
