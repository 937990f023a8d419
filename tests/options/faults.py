"""What the tests of start-up messages share."""

from typing import TypeAlias

import pytest

from parsepy.options import OptionsError, load_options

Case: TypeAlias = tuple[dict[str, object], str]

OPTION = "Parse Server option"
_KEYS = {"appId": "app", "masterKey": "master"}


def case(given: dict[str, object], message: str) -> Case:
    return given, message


def assert_fault(given: dict[str, object], message: str) -> None:
    """Loading fails with exactly this message."""
    with pytest.raises(OptionsError) as caught:
        load_options({**_KEYS, **given})

    assert str(caught.value) == message


def assert_accepted(given: dict[str, object]) -> None:
    load_options({**_KEYS, **given})
