"""Options of uploads that are refused at the start."""

import pytest

from parsepy.options import load_options
from parsepy.options.errors import OptionsError

KEYS = {"appId": "app", "masterKey": "master"}


@pytest.mark.parametrize("pattern", ["(", "*.jpg", "[a"])
def test_an_extension_that_is_no_pattern_is_named(pattern: str) -> None:
    with pytest.raises(OptionsError, match=r"fileUpload\.fileExtensions: .* no regular"):
        load_options({**KEYS, "fileUpload": {"fileExtensions": ["png", pattern]}})


def test_a_star_alone_is_no_pattern_and_is_taken() -> None:
    loaded = load_options({**KEYS, "fileUpload": {"fileExtensions": ["*", "^png$"]}})

    assert loaded.options.file_extensions == ("*", "^png$")
