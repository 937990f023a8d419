"""Start-up messages about bounds, word for word."""

import pytest

from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from tests.options.faults import Case, assert_accepted, assert_fault, case


def rule(**changes: object) -> dict[str, object]:
    valid: dict[str, object] = {
        "requestPath": "/functions/*path",
        "requestTimeWindow": 1000,
        "requestCount": 1,
    }
    return {"rateLimit": [{**valid, **changes}]}


LIMITS: list[Case] = [
    ({"defaultLimit": "10"}, "Default limit must be a number."),
    ({"defaultLimit": 0}, "Default limit must be a value greater than 0."),
    ({"maxLimit": 0}, "Max limit must be a value greater than 0."),
    (
        {"idempotencyOptions": {"ttl": 0}},
        "idempotency TTL value must be greater than 0 seconds",
    ),
    ({"idempotencyOptions": {"ttl": "x"}}, "idempotency TTL value must be a number"),
    (
        {"idempotencyOptions": {"paths": "a"}},
        "idempotency paths must be of an array of strings",
    ),
    ({"requestComplexity": []}, "requestComplexity must be an object."),
    (
        {"requestComplexity": {"depth": 1}},
        "requestComplexity contains unknown property 'depth'.",
    ),
    (
        {"requestComplexity": {"allowRegex": 1}},
        "requestComplexity.allowRegex must be a boolean.",
    ),
    *(
        case(
            {"requestComplexity": {"queryDepth": value}},
            "requestComplexity.queryDepth must be a positive integer or -1 to disable.",
        )
        for value in (0, -2, 1.5, "1", True)
    ),
    ({"rateLimit": "all"}, "rateLimit must be an array or object"),
    ({"rateLimit": [1]}, "rateLimit must be an array of objects"),
    ({"rateLimit": {}}, "rateLimit.requestPath must be defined"),
    (rule(requestPath=None), "rateLimit.requestPath must be defined"),
    (rule(requestPath=1), "rateLimit.requestPath must be a string"),
    (
        rule(requestPath="/a/*"),
        'rateLimit.requestPath "/a/*" is not valid: a parameter name is missing at 4',
    ),
    (rule(requestTimeWindow=None), "rateLimit.requestTimeWindow must be defined"),
    (rule(requestTimeWindow="1"), "rateLimit.requestTimeWindow must be a number"),
    (
        rule(includeInternalRequests="yes"),
        "rateLimit.includeInternalRequests must be a boolean",
    ),
    (rule(requestCount=None), "rateLimit.requestCount must be defined"),
    (rule(requestCount="1"), "rateLimit.requestCount must be a number"),
    (rule(errorResponseMessage=1), "rateLimit.errorResponseMessage must be a string"),
    (rule(zone="planet"), "rateLimit.zone must be one of global, session, user, or ip"),
    (rule(limit=1), 'Invalid rate limit option "limit"'),
]


@pytest.mark.parametrize(("given", "message"), LIMITS)
def test_a_fault_is_told_in_the_words_of_parse_server(
    given: dict[str, object], message: str
) -> None:
    assert_fault(given, message)


@pytest.mark.parametrize(
    "given",
    [
        {"rateLimit": {"requestPath": "/a{/:b}", "requestTimeWindow": 1, "requestCount": 1}},
        rule(zone="global"),
        {"requestComplexity": {"queryDepth": -1, "includeCount": 3}},
        {"idempotencyOptions": {"paths": ["functions/.*"], "ttl": 1}},
    ],
)
def test_what_parse_server_accepts_is_accepted(given: dict[str, object]) -> None:
    assert_accepted(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"idempotencyOptions": {"paths": ["classes/.*", "("]}},
            'idempotency paths contains an invalid regex pattern: "(".',
        ),
        (
            {"requestKeywordDenylist": [{"key": "ok"}, {"value": "["}]},
            'Parse Server option requestKeywordDenylist contains an invalid regex pattern: "[".',
        ),
        (
            {
                "rateLimit": {
                    "requestPath": "/",
                    "requestTimeWindow": 1,
                    "requestCount": 1,
                    "requestMethods": "(",
                }
            },
            'rateLimit.requestMethods contains an invalid regex pattern: "(".',
        ),
    ],
)
def test_patterns_are_compiled_at_the_start(given: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError) as raised:
        load_options({"appId": "app", "masterKey": "master", **given})
    assert str(raised.value) == message


LIMIT = {"requestPath": "/", "requestTimeWindow": 1, "requestCount": 1, "redisUrl": "redis://r"}


@pytest.mark.parametrize("given", [{"redisUrl": "redis://r"}, {"rateLimit": [LIMIT]}])
def test_a_missing_redis_client_is_named(
    given: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parsepy.options.validation.limits.find_spec", lambda _: None)

    with pytest.raises(OptionsError, match=r"parsepy-server\[redis\]"):
        load_options({"appId": "app", "masterKey": "master", **given})
    load_options({"appId": "app", "masterKey": "master"})


@pytest.mark.parametrize("url", ["localhost:6379", "http://r", 6379])
def test_an_address_that_is_no_redis_is_refused(url: object) -> None:
    for given in ({"redisUrl": url}, {"rateLimit": {**LIMIT, "redisUrl": url}}):
        with pytest.raises(OptionsError, match="redisUrl must be an address"):
            load_options({"appId": "app", "masterKey": "master", **given})
