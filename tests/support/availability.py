"""What happens when a real component that a test needs is not on the machine."""

import os
from typing import NoReturn

import pytest


class MissingComponentError(RuntimeError):
    """A real server or tool is not installed; the message says how to get it."""


def component_missing(reason: MissingComponentError) -> NoReturn:
    """Skip the test with the reason, or fail it where `CI` is set: there nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(str(reason))
