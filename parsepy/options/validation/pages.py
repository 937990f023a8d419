"""Built-in and custom pages."""

from collections.abc import Mapping

from parsepy.options.errors import OptionsError
from parsepy.options.validation.rules import (
    each_given,
    is_array,
    is_boolean,
    is_object,
    is_set,
    is_string,
    require,
)

_NAME = "Parse Server option pages"


def check_pages(values: Mapping[str, object]) -> None:
    pages = values["pages"]
    if not is_object(pages):
        raise OptionsError(f"{_NAME} must be an object.")
    switches = ("enableLocalization", "forceRedirect", "encodePageParamHeaders")
    texts = ("localizationJsonPath", "localizationFallbackLocale", "pagesPath", "pagesEndpoint")
    each_given(pages, switches, is_boolean, _NAME + ".{} must be a boolean.")
    each_given(pages, texts, is_string, _NAME + ".{} must be a string.")
    each_given(pages, ("customUrls",), is_object, _NAME + ".{} must be an object.")
    each_given(pages, ("customRoutes",), is_array, _NAME + ".{} must be an array.")
    each_given(
        pages,
        ("placeholders",),
        lambda value: is_object(value) or callable(value),
        _NAME + ".{} must be an object or a function.",
    )


def check_custom_pages(values: Mapping[str, object]) -> None:
    pages = values["customPages"]
    require(
        not is_set(pages) or is_object(pages),
        "Parse Server option customPages must be an object.",
    )
