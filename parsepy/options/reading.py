"""Reading a mapping of options that no table knows."""

from collections.abc import Iterable, Mapping
from typing import Final

from parsepy.options.errors import OptionsError
from parsepy.options.validation.rules import is_integer, is_number

_A_YEAR: Final = 365 * 24 * 60 * 60.0


class OptionReader:
    """The values of one mapping, each of the type it must have. `path` is for messages, which
    never show a value: it may be a password. Raises `OptionsError`."""

    def __init__(self, path: str, values: object) -> None:
        if not isinstance(values, Mapping):
            raise OptionsError(f"Option {path} must be an object.")
        self.path: Final = path
        self._values = {name: value for name, value in values.items() if value is not None}

    def check_names(self, known: Iterable[str]) -> None:
        known = tuple(known)
        for name in self._values:
            if name not in known:
                raise OptionsError(f"Option {self.path} has no {name}; it has {', '.join(known)}.")

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise self.wrong(name, "a text that is not empty")
        return value

    def needed_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise OptionsError(f"Option {self.path}.{name} is required.")
        return value

    def mapping(self, name: str) -> Mapping[str, object]:
        """Empty where it is not given."""
        value = self._values.get(name, {})
        if not isinstance(value, Mapping):
            raise self.wrong(name, "an object")
        return value

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(name, f"one of {', '.join(choices)}")
        return value

    def switch(self, name: str, default: bool) -> bool:
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "a boolean")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        value = self._values.get(name, default)
        if not is_integer(value) or not least <= value <= most:
            raise self.wrong(name, f"a whole number from {least} to {most}")
        return int(value)

    def seconds(self, name: str, default: float) -> float:
        value = self._values.get(name, default)
        if not is_number(value) or not 0 < value <= _A_YEAR:
            raise self.wrong(name, "a number of seconds above 0")
        return float(value)

    def wrong(self, name: str, expected: str) -> OptionsError:
        return OptionsError(f"Option {self.path}.{name} must be {expected}.")


ADAPTER_PLACES: Final = ("module", "class", "adapter")
"""Where an adapter stands in a mapping, as with parse-server."""


def read_adapter(
    option: str,
    given: Mapping[str, object],
    built_in: Iterable[str],
    beside: Iterable[str] = ("options",),
) -> tuple[object, Mapping[str, object]]:
    """The adapter that a mapping names, and its `options`. `beside` is what else it may hold,
    `built_in` are names for the message. Raises `OptionsError`."""
    reader = OptionReader(option, given)
    reader.check_names((*ADAPTER_PLACES, *beside))
    for place in ADAPTER_PLACES:
        if given.get(place) is not None:
            return given[place], reader.mapping("options")
    raise OptionsError(
        f"Option {option} must have a module: {', '.join(built_in)}, an object or class, or"
        " package.module:name."
    )
