"""Unknown and not yet supported options are named, with what to do."""

import pytest

from parsepy.options import load_options

KEYS = {"appId": "app", "masterKey": "master"}


LIMIT = {"requestPath": "/", "requestTimeWindow": 1, "requestCount": 1}


def messages(given: dict[str, object]) -> list[str]:
    return [notice.message for notice in load_options({**KEYS, **given}).warnings]


def not_supported(path: str) -> str:
    return f"Option {path} is not supported yet and has no effect."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"colour": "red"}, ["Unknown option colour."]),
        ({"databaseOptions": {"colour": 1}}, ["Unknown option databaseOptions.colour."]),
        (
            {"pages": {"customUrls": {"home": "/"}}},
            ["Unknown option pages.customUrls.home."],
        ),
        (
            {"pages": {"customRoutes": [{"methods": "GET"}]}},
            ["Unknown option pages.customRoutes.methods."],
        ),
        (
            {"customPages": {"invalidLink": "/x", "parseFrameURL": "https://a.example"}},
            ["Option customPages.invalidLink has no effect: parse-server 9 has given it up."],
        ),
        ({"push": {"ios": {}}}, [not_supported("push")]),
        ({"mountGraphQL": True}, [not_supported("mountGraphQL")]),
        ({"mountGraphQL": False}, []),
        ({"startLiveQueryServer": False}, []),
        ({"installation": {"duplicateDeviceTokenAction": "delete"}}, []),
        ({"installation": {"duplicateDeviceTokenAction": "update"}}, []),
        ({"fileUpload": {"enableForPublic": True}}, []),
        ({"fileKey": "key"}, []),
        ({"filesAdapter": "gridfs"}, []),
        (
            {"encryptionKey": "key"},
            ["Option encryptionKey has no effect, as with parse-server 9.10."],
        ),
        (
            {"requestComplexity": {"graphQLDepth": 5, "queryDepth": 5}},
            [not_supported("requestComplexity.graphQLDepth")],
        ),
        (
            {"databaseOptions": {"proxyHost": "p", "maxPoolSize": 5}},
            [not_supported("databaseOptions.proxyHost")],
        ),
        (
            {"rateLimit": LIMIT},
            [],
        ),
        ({"rateLimit": []}, []),
        (
            {"cluster": 2, "rateLimit": [LIMIT, {**LIMIT, "redisUrl": "redis://r"}]},
            ["Each of the 2 processes counts rateLimit by itself."],
        ),
        ({"cluster": 2, "rateLimit": {**LIMIT, "redisUrl": "redis://r"}}, []),
        ({"cluster": 2, "rateLimit": LIMIT, "redisUrl": "redis://r"}, []),
        ({"cluster": 2, "rateLimit": []}, []),
        (
            {"idempotencyOptions": {"replay": True}},
            ["Option idempotencyOptions.replay has no effect without paths."],
        ),
        ({"idempotencyOptions": {"replay": True, "paths": ["classes/.*"]}}, []),
        ({"auth": {"anonymous": {}, "ldap": {"enabled": False}}}, []),
        ({"auth": {"twitter": {"consumer_key": "1"}}}, [not_supported("auth.twitter")]),
        ({"auth": {"facebook": {"appIds": ["1"]}}}, []),
        ({"verifyUserEmails": False, "sendUserEmailVerification": True}, []),
    ],
)
def test_options_without_effect_are_named(given: dict[str, object], expected: list[str]) -> None:
    assert sorted(messages(given)) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("masterkey", "Did you mean masterKey?"),
        ("colour", "Remove it; docs/options.md lists all names."),
    ],
)
def test_an_unknown_name_comes_with_its_likely_meaning(name: str, fix: str) -> None:
    (notice,) = load_options({**KEYS, name: "x"}).warnings

    assert notice.fix == fix


def test_a_likely_meaning_keeps_the_path() -> None:
    (notice,) = load_options({**KEYS, "databaseOptions": {"maxPoolsize": 5}}).warnings

    assert str(notice) == (
        "Unknown option databaseOptions.maxPoolsize. Did you mean databaseOptions.maxPoolSize?"
    )
