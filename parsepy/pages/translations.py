"""Texts of pages in several languages: the file of `pages.localizationJsonPath`.

`{"de": {"translation": {"greeting": "Hallo, {{appName}}!"}}}`, as i18next has it.
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from parsepy.options.errors import OptionsError
from parsepy.pages.locale import language_of
from parsepy.pages.template import Text, Values, parse, render, render_plain
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue

_OPTION: Final = "Option pages.localizationJsonPath"


class Translations:
    def __init__(self, by_locale: JSONObject, fallback: str) -> None:
        self._by_locale = by_locale
        self._fallback = fallback

    def values(self, locale: str | None, parameters: Values) -> Values:
        """The texts for a locale, else for its language, else for the fallback; placeholders in
        them are filled with `parameters`."""
        wanted = locale or self._fallback
        for name in (wanted, language_of(wanted), self._fallback):
            resource = self._by_locale.get(name)
            if isinstance(resource, dict):
                found = resource.get("translation")
                return _filled_object(found, parameters) if isinstance(found, dict) else {}
        return {}


def read_translations(path: Path, fallback: str) -> Translations:
    """Raises `OptionsError` for a file that cannot be read or is no JSON object."""
    try:
        value = json.loads(path.read_bytes().removeprefix(BOM_UTF8))
    except OSError as error:
        raise OptionsError(f"{_OPTION}: {path} cannot be read: {error.strerror}.") from error
    except json.InvalidJSON as error:
        raise OptionsError(f"{_OPTION}: {path} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise OptionsError(f"{_OPTION}: {path} must hold an object with a member for each locale.")
    return Translations(value, fallback)


def _filled_object(found: JSONObject, parameters: Values) -> Mapping[str, object]:
    return {name: _filled(value, parameters) for name, value in found.items()}


def _filled(value: JSONValue, parameters: Values) -> object:
    if isinstance(value, dict):
        return _filled_object(value, parameters)
    if isinstance(value, list):
        return [_filled(item, parameters) for item in value]
    if not isinstance(value, str) or "{{" not in value:
        return value
    template = parse(value)
    return Text(render_plain(template, parameters), render(template, parameters))
