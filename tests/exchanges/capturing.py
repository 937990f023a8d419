"""Takes values out of an answer for the steps that follow."""

from collections.abc import Mapping

from parsepy.types import JSONValue
from tests.exchanges.outcome import StepFailedError
from tests.exchanges.variables import Variables

FROM_HEADER = "header:"


def capture(
    wanted: Mapping[str, str], body: JSONValue, headers: Mapping[str, str], variables: Variables
) -> None:
    """`wanted` gives each variable a dotted path into the body, or `header:` and a name.

    Raises StepFailedError when there is nothing to take.
    """
    for name, path in wanted.items():
        if path.startswith(FROM_HEADER):
            variables[name] = _header(headers, path.removeprefix(FROM_HEADER))
        else:
            variables[name] = _member(body, path)


def _header(headers: Mapping[str, str], name: str) -> str:
    if name not in headers:
        raise StepFailedError(f"no header {name} to take")
    return headers[name]


def _member(body: JSONValue, path: str) -> JSONValue:
    value = body
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise StepFailedError(f"nothing to take at {path} in {body!r}")
    return value
