"""Start-up messages about keys, headers and routes, word for word."""

import pytest

from tests.options.faults import OPTION, Case, assert_accepted, assert_fault, case

IDENTITY: list[Case] = [
    ({"appId": ""}, "You must provide an appId!"),
    ({"appId": None}, "You must provide an appId!"),
    ({"masterKey": None}, "You must provide a masterKey!"),
    (
        {"readOnlyMasterKey": "master"},
        "masterKey and readOnlyMasterKey should be different",
    ),
    ({"maintenanceKey": "master"}, "masterKey and maintenanceKey should be different"),
    (
        {"masterKey": lambda: "master"},
        "A masterKey function is not supported yet; give masterKey as a string.",
    ),
    *(
        case(
            {name: ["127.0.0.1", entry]},
            f'The {OPTION} "{name}" contains an invalid IP address "{shown}".',
        )
        for name in ("masterKeyIps", "maintenanceKeyIps", "readOnlyMasterKeyIps")
        for entry, shown in (
            ("localhost", "localhost"),
            ("300.0.0.1/8", "300.0.0.1"),
            ("10.0.0.0/99", "10.0.0.0/99"),
            ("", ""),
        )
    ),
    ({"allowHeaders": "X-A"}, "Allow headers must be an array"),
    ({"allowHeaders": ["X-A", 1]}, "Allow headers must only contain strings"),
    ({"allowHeaders": [" "]}, "Allow headers must not contain empty strings"),
    ({"requestKeywordDenylist": "a"}, f"{OPTION} requestKeywordDenylist must be an array."),
    ({"routeAllowList": "a"}, f"{OPTION} routeAllowList must be an array of strings."),
    ({"routeAllowList": [1]}, f"{OPTION} routeAllowList contains a non-string value."),
    (
        {"routeAllowList": ["a("]},
        f'{OPTION} routeAllowList contains an invalid regex pattern: "a(".',
    ),
]


@pytest.mark.parametrize(("given", "message"), IDENTITY)
def test_a_fault_is_told_in_the_words_of_parse_server(
    given: dict[str, object], message: str
) -> None:
    assert_fault(given, message)


@pytest.mark.parametrize(
    "given",
    [
        {"masterKeyIps": [], "readOnlyMasterKeyIps": ["::0", "10.1.2.3/8"]},
        {"allowHeaders": []},
        {"routeAllowList": []},
    ],
)
def test_what_parse_server_accepts_is_accepted(given: dict[str, object]) -> None:
    assert_accepted(given)
