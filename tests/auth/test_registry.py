"""Which providers an app has."""

import pytest

from parsepy.auth.registry import AuthProviders
from parsepy.options.load import load_options
from parsepy.outbound import Outbound
from tests.support.local_app import OPTIONS


def _names(**options: object) -> set[str]:
    return set(AuthProviders(load_options({**OPTIONS, **options}).options, Outbound()))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"anonymous"}),
        ({"enableAnonymousUsers": True}, {"anonymous"}),
        ({"enableAnonymousUsers": False}, set()),
        ({"auth": {"anonymous": {"enabled": False}}}, set()),
        ({"auth": {"anonymous": {"enabled": True}}}, {"anonymous"}),
        ({"auth": {"anonymous": {}}}, {"anonymous"}),
        ({"enableAnonymousUsers": False, "auth": {"anonymous": {"enabled": True}}}, set()),
    ],
)
def test_anonymous_users_are_there_unless_they_are_switched_off(
    options: dict[str, object], expected: set[str]
) -> None:
    assert _names(**options) == expected
