"""The variables that the steps of one file share."""

import re
from collections.abc import Mapping
from uuid import uuid4

from parsepy.types import JSONObject, JSONValue

REFERENCE = re.compile(r"\$\{([^}]+)\}")


class UnknownVariableError(LookupError):
    """A step names a variable that no step before it has captured."""


class Variables:
    """Names with their values; `uuid:…` names make their own value when first used."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._values: JSONObject = dict(given)

    def __setitem__(self, name: str, value: JSONValue) -> None:
        self._values[name] = value

    def __getitem__(self, name: str) -> JSONValue:
        if name not in self._values and name.startswith("uuid:"):
            self._values[name] = str(uuid4())
        if name not in self._values:
            raise UnknownVariableError(f"${{{name}}} has no value: the step that sets it failed")
        return self._values[name]

    def fill(self, value: JSONValue) -> JSONValue:
        """Replace `${name}` everywhere, keys included.

        A string that is nothing but one reference becomes the value itself, with its type.
        """
        if isinstance(value, str):
            return self._fill_text(value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {str(self.fill(key)): self.fill(item) for key, item in value.items()}
        return value

    def fill_object(self, value: JSONValue) -> JSONObject:
        filled = self.fill(value)
        assert isinstance(filled, dict)
        return filled

    def _fill_text(self, text: str) -> JSONValue:
        alone = REFERENCE.fullmatch(text)
        if alone is not None:
            return self[alone.group(1)]
        return REFERENCE.sub(lambda found: str(self[found.group(1)]), text)
