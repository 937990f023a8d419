"""The option table itself."""

import pytest

from parsepy.options.catalogue import BY_ENVIRONMENT, ENTRIES, OPTIONS

OURS = frozenset(
    (
        "redisUrl",
        "idempotencyOptions.replay",
        "passwordHashing",
        "cloudCode",
        "cloudCode.timeout",
        "cloudCode.threads",
        "cloudCode.allowPrivateAddresses",
        "webhooks",
        "webhooks.timeout",
        "webhooks.allowPrivateAddresses",
        "webhooks.maxRedirects",
        "webhooks.maxAnswerSize",
        "liveQuery.source",
        "liveQueryServerOptions.maxFrameSize",
        "liveQueryServerOptions.maxSubscriptionsPerClient",
        "liveQueryServerOptions.maxUnsentSize",
        "fileDownload.signedUrls",
        "fileDownload.signedUrls.expiresIn",
        "fileDownload.signedUrls.key",
        "fileUpload.accessControl",
        "liveQueryServerOptions.resumeEvents",
    )
)
"""Options that parse-server does not have."""


def test_every_variable_belongs_to_one_option() -> None:
    assert len(BY_ENVIRONMENT) == len(ENTRIES)


@pytest.mark.parametrize(
    ("variable", "path"),
    [
        ("PARSE_SERVER_APPLICATION_ID", "appId"),
        ("PARSE_SERVER_URL", "serverURL"),
        ("PARSE_PUBLIC_SERVER_URL", "publicServerURL"),
        ("PARSE_SERVER_REST_API_KEY", "restAPIKey"),
        ("PARSE_SERVER_DATABASE_URI", "databaseURI"),
        ("PARSE_SERVER_CACHE_TTL", "cacheTTL"),
        ("PARSE_SERVER_EXPERIMENTAL_IDEMPOTENCY_OPTIONS", "idempotencyOptions"),
        ("PARSE_SERVER_EXPERIMENTAL_IDEMPOTENCY_TTL", "idempotencyOptions.ttl"),
        ("PARSE_SERVER_AUTH_PROVIDERS", "auth"),
        ("PARSE_SERVER_MOUNT_GRAPHQL", "mountGraphQL"),
        ("PARSE_SERVER_DATABASE_CONNECT_TIMEOUT_MS", "databaseOptions.connectTimeoutMS"),
        ("PARSE_SERVER_DATABASE_TLS_CAFILE", "databaseOptions.tlsCAFile"),
        ("PARSE_LIVE_QUERY_SERVER_APP_ID", "liveQueryServerOptions.appId"),
        ("PORT", "port"),
        ("VERBOSE", "verbose"),
        ("JSON_LOGS", "jsonLogs"),
    ],
)
def test_variables_are_named_as_in_parse_server(variable: str, path: str) -> None:
    assert BY_ENVIRONMENT[variable].dotted == path


def test_the_table_is_complete() -> None:
    assert len(OPTIONS.keys() - OURS) == 110
    assert len([entry for entry in ENTRIES if entry.dotted not in OURS]) == 285


def test_meanings_are_sentences() -> None:
    assert [e.dotted for e in ENTRIES if not e.option.meaning.endswith(".")] == []
